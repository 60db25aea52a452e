import { expect } from 'chai';
import type { CataloguedBackup } from '../../../app/commands/backup/catalogue.ts';
import type { Manifest } from '../../../app/commands/backup/manifest.ts';
import { findExpired, type Retention } from '../../../app/commands/backup/retention.ts';

const day = 86_400_000;
const now = Date.parse('2026-03-31T12:00:00Z');

/** A backup of some days ago. */
function aged(name: string, days: number, state: CataloguedBackup['state'] = 'complete'): CataloguedBackup {
  const at = new Date(now - days * day);
  const files = [{ name: `${name}.dump.age`, size: 1, modifiedAt: at }];
  if (state === 'incomplete') return { name, state, reason: 'it has no manifest', files };
  // reason: the retention reads the time of the snapshot only.
  return { name, state, files, manifest: { snapshot_at: at.toISOString() } as Manifest, mac: null };
}

const expired = (backups: readonly CataloguedBackup[], retention: Retention): string[] =>
  findExpired(backups, retention, now).map(({ name }) => name);

describe('The retention of backups', () => {
  const week = [0.1, 1.1, 2.1, 3.1, 9.1].map((days, index) => aged(`b${index}`, days));

  it('removes nothing unless it is told to', () => {
    expect(expired([...week, aged('left', 9, 'incomplete')], {})).to.deep.equal([]);
  });

  it('keeps the newest by number', () => {
    expect(expired(week, { keep: 3 })).to.deep.equal(['b3', 'b4']);
  });

  it('keeps the youngest by days', () => {
    expect(expired(week, { keepDays: 3 })).to.deep.equal(['b3', 'b4']);
  });

  it('keeps what one of two rules keeps', () => {
    expect(expired(week, { keep: 1, keepDays: 3 })).to.deep.equal(['b3', 'b4']);
    expect(expired(week, { keep: 4, keepDays: 1 })).to.deep.equal(['b4']);
  });

  it('keeps the newest complete backup, however old, and does not count incomplete ones', () => {
    const backups = [aged('new', 0.1, 'incomplete'), aged('good', 400), aged('old', 401)];
    expect(expired(backups, { keepDays: 7 })).to.deep.equal(['old']);
    expect(expired(backups, { keep: 1 })).to.deep.equal(['old']);
  });

  it('removes incomplete backups that nobody has written to for a day', () => {
    const backups = [aged('good', 0), aged('running', 0.9, 'incomplete'), aged('left', 1.1, 'incomplete')];
    expect(expired(backups, { keep: 7 })).to.deep.equal(['left']);
  });
});
