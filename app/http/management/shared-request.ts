import { EventEmitter, once } from 'node:events';

/**
 * A request to another thread whose answer all callers of that time share. A thread that does not answer gets no second
 * request, so that it renders only once when it continues.
 * @param send asks the other thread, which answers by a call of `receive`
 * @param deadline milliseconds after which a caller gets null
 */
export function createSharedRequest<T>(send: () => void, deadline: number) {
  const answers = new EventEmitter().setMaxListeners(0);
  let isPending = false;
  return {
    receive(answer: T): void {
      isPending = false;
      answers.emit('answer', answer);
    },
    async request(): Promise<T | null> {
      if (!isPending) send();
      isPending = true;
      const signal = AbortSignal.timeout(deadline);
      const [answer] = await once(answers, 'answer', { signal }).catch(() => [null]);
      return answer;
    },
  };
}
