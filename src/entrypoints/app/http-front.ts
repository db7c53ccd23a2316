/**
 * The HTTP server in front of everything: a table of routes that can be exchanged while it runs, bounds on what a
 * stranger can make it hold, and an orderly end.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { UnfitError } from './unfit-error.ts';

/** Answers one request; `query` is what follows the `?`. What it throws becomes a 500 without words. */
export type Handler = (request: IncomingMessage, response: ServerResponse, query: string) => void | Promise<void>;

/** Handlers by method. `GET` answers `HEAD` too. */
type Methods = Partial<Record<'GET' | 'POST', Handler>>;

/** Handlers by path. */
export type Routes = ReadonlyMap<string, Methods>;

/** GitHub sends nothing larger than this. */
const MAX_BODY_BYTES = 25 * 1024 * 1024;

/** Bodies that are being read, all together: what strangers can make the process hold. */
const MAX_HELD_BYTES = 256 * 1024 * 1024;

/** A request that is not here by then is not from GitHub, which itself gives up after 10 s. */
const REQUEST_TIMEOUT_MS = 30_000;

/** What the server works with. */
export interface HttpFrontOptions {
  clock: Clock;
  log: Log;
  /** Called when a request could not be answered. */
  onError(): void;
  /** Most that all bodies that are being read may have together, in bytes. */
  maxHeldBytes?: number;
}

/** See the file's comment. */
export class HttpFront {
  readonly #server: Server;
  readonly #options: HttpFrontOptions;
  #routes: Routes = new Map();
  #heldBytes = 0;
  #isClosing = false;

  constructor(options: HttpFrontOptions) {
    this.#options = options;
    this.#server = createServer(
      { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS / 2, keepAliveTimeout: 15_000 },
      (request, response) => void this.#answer(request, response),
    );
  }

  /** Replaces all routes. Until it is called, and for all other paths, the answer is 404. */
  setRoutes(routes: Routes): void {
    this.#routes = routes;
  }

  /** Resolves to the address that it listens on. Rejects with an {@link UnfitError} if it cannot. */
  listen(host: string, port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const why = error.code === 'EADDRINUSE' ? 'another process listens there' : (error.code ?? error.message);
        reject(new UnfitError(`Cannot listen on ${host}:${port}: ${why}. Set HOST and PORT.`, { cause: error }));
      });
      this.#server.listen({ host, port }, () => {
        const { address, family, port: actual } = this.#server.address() as AddressInfo;
        resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${actual}`);
      });
    });
  }

  /**
   * Takes no more connections and resolves when the requests that it has are answered, or after `withinMs` when they
   * are cut off.
   */
  async close(withinMs: number): Promise<void> {
    this.#isClosing = true;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeIdleConnections();
    const over = new AbortController();
    void this.#options.clock.sleep(withinMs, over.signal).then(() => this.#server.closeAllConnections());
    await closed;
    over.abort();
  }

  /**
   * The body as text, or `null` if it was too large (then the answer has been given). Reading stops at the bound, so
   * that nobody fills the memory before a signature was looked at. Rejects if the sender goes away.
   */
  readBody(request: IncomingMessage, response: ServerResponse, maxBytes = MAX_BODY_BYTES): Promise<string | null> {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes)
      return Promise.resolve(refuseBody(request, response, 413));
    const { maxHeldBytes = MAX_HELD_BYTES } = this.#options;
    const chunks: Buffer[] = [];
    let bytes = 0;
    // Events, not `for await`: that costs more than the signature.
    const read = new Promise<string | null>((resolve, reject) => {
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        this.#heldBytes += chunk.length;
        chunks.push(chunk);
        if (bytes > maxBytes) resolve(refuseBody(request, response, 413));
        else if (this.#heldBytes > maxHeldBytes) resolve(refuseBody(request, response, 503));
      });
      request.once('end', () => resolve(Buffer.concat(chunks, bytes).toString('utf8')));
      request.once('error', reject);
      request.once('close', () => reject(new Error('The sender went away in the middle of the body.')));
    });
    return read.finally(() => {
      this.#heldBytes -= bytes;
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      // Connections that were kept alive must not outlive the server, nor those that are answered while it closes.
      if (this.#isClosing) response.setHeader('connection', 'close');
      response.once('close', () => {
        if (this.#isClosing) this.#server.closeIdleConnections();
      });
      const [pathname = '', query = ''] = (request.url ?? '').split('?', 2);
      const methods = this.#routes.get(pathname);
      if (methods === undefined) return sendText(response, 404, 'Not found.');
      const method = request.method === 'HEAD' ? 'GET' : request.method;
      const handler = method === 'GET' || method === 'POST' ? methods[method] : undefined;
      if (handler === undefined) {
        response.setHeader('allow', Object.keys(methods).join(', '));
        return sendText(response, 405, 'Method not allowed.');
      }
      await handler(request, response, query);
    } catch (error) {
      this.#options.onError();
      // Whoever goes away in the middle of a request is no defect of ours.
      const isGone = request.destroyed && !request.complete;
      this.#options.log[isGone ? 'debug' : 'error']('A request could not be answered.', { error });
      if (!response.headersSent) sendText(response, 500, 'Something went wrong.');
      else response.destroy();
    }
  }
}

/** A short answer as plain text. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(`${text}\n`);
}

function refuseBody(request: IncomingMessage, response: ServerResponse, status: 413 | 503): null {
  response.setHeader('connection', 'close');
  sendText(response, status, status === 413 ? 'The body is too large.' : 'Too much at once; send it again later.');
  // What else is on its way is not read.
  request.pause();
  response.once('finish', () => request.destroy());
  return null;
}
