import { z } from 'zod';
import { createOpenApi } from '../../app/http/openapi/openapi.ts';
import { type Endpoint, endpoint } from '../../app/http/route/endpoint.ts';

const Pet = z.object({ id: z.uuid(), born: z.iso.datetime() }).meta({ id: 'Pet' });
const NewPet = z.strictObject({ name: z.string().meta({ examples: ['Rex'] }), age: z.int().default(0) });
const PetParams = z.object({ id: z.uuid() });
const PetQuery = z.strictObject({
  limit: z.coerce.number().int().max(9).default(3).meta({ description: 'How many' }),
});
/** A pet in an answer. */
export const pet = { id: '0198c0de-0000-7000-8000-000000000000', born: '2026-01-31T12:00:00.000Z' };

/** Invented endpoints that together use every option of an endpoint. */
function petEndpoints(): Endpoint[] {
  return [
    endpoint(
      'POST /api/v1/users/pets',
      {
        summary: 'Add a pet',
        access: 'user',
        limit: { name: 'pets', points: 1, window: 1_000 },
        body: NewPet,
        answers: { 201: { description: 'The pet', data: Pet } },
        refuses: ['username_taken', 'email_taken', 'wrong_password'],
      },
      () => ({}),
    ),
    endpoint(
      'GET /api/v1/users/pets',
      {
        summary: 'Pets',
        access: 'open',
        query: PetQuery,
        answers: {
          200: { description: 'A page', data: Pet.array(), page: true, headers: { 'X-Pets': 'How many' } },
        },
      },
      () => ({}),
    ),
    endpoint(
      'DELETE /api/v1/admin/pets/:id',
      {
        summary: 'Remove a pet',
        access: 'admin',
        recentAuthentication: true,
        params: PetParams,
        answers: { 204: { description: 'Removed' } },
      },
      () => ({}),
    ),
    endpoint(
      'GET /.well-known/pet.json',
      { summary: 'A pet', access: 'open', answers: { 200: { description: 'Bare', data: Pet, bare: true } } },
      () => ({}),
    ),
  ];
}

/** The OpenAPI document of the invented endpoints. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into a document whose form assertValidOpenApi has checked
export function describeExampleApi(): any {
  return createOpenApi(petEndpoints(), '1.2.3');
}
