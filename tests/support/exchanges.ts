/** The requests of processes under test: counted, so that a test knows when nothing is under way any more. */
import { webcrypto } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

/** Turns of the event loop in which everything that waits for no time and no answer has come to rest. */
const QUIET_TURNS = 4;

/** See the file's comment. Its owner disposes of it. */
export class Exchanges implements Disposable {
  readonly #unwatch = watchSigning((work) => this.track(work));
  readonly #running = new Set<Promise<unknown>>();

  /**
   * As `fetch`, but the answer comes when its whole body is there: what is done with it then takes no more time. Real
   * time has no say: a signal that would end the request is not listened to.
   */
  readonly fetch = (input: string | URL | Request, init: RequestInit = {}): Promise<Response> =>
    this.track(exchange(input, init));

  /** Counts something as under way until it settles. */
  track<T>(work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
    return tracked;
  }

  /** Resolves when nothing is under way and everything that followed from it has happened. */
  async rest(): Promise<void> {
    for (let turns = 0; turns < QUIET_TURNS; turns += 1) {
      while (this.#running.size > 0) {
        await Promise.allSettled(this.#running);
        turns = 0;
      }
      await setImmediate();
    }
  }

  [Symbol.dispose](): void {
    this.#unwatch();
  }
}

/** Keys are read and tokens are signed on another thread, of which the event loop knows nothing before it is done. */
function watchSigning(track: <T>(work: Promise<T>) => Promise<T>): () => void {
  const { subtle } = webcrypto;
  const methods: Record<string, (...given: never[]) => Promise<unknown>> = {
    importKey: subtle.importKey.bind(subtle),
    sign: subtle.sign.bind(subtle),
  };
  for (const [name, method] of Object.entries(methods))
    Object.assign(subtle, { [name]: (...given: never[]) => track(method(...given)) });
  return () => void Object.assign(subtle, methods);
}

async function exchange(input: string | URL | Request, { signal: _signal, ...init }: RequestInit): Promise<Response> {
  const answer = await fetch(input, init);
  const body = await answer.arrayBuffer();
  const isEmpty = body.byteLength === 0;
  const whole = new Response(isEmpty ? null : body, {
    status: answer.status,
    statusText: answer.statusText,
    headers: answer.headers,
  });
  // Nothing but `fetch` itself can give an answer its address.
  Object.defineProperty(whole, 'url', { value: answer.url });
  return whole;
}
