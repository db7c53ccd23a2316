/** Requests and replies of the server, whole in memory. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request as it came. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query, undecoded. */
  readonly target: string;
  /** The path alone, undecoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly bytes: Buffer;
}

/** One reply as it goes. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

/** Reads a request to its end. */
export async function receiveRequest(message: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const target = message.url ?? '/';
  const [path = '/', query = ''] = target.split('?', 2);
  const headers = Object.entries(message.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    method: message.method ?? 'GET',
    target,
    path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(headers),
    bytes: Buffer.concat(chunks),
  };
}

/** A reply of JSON; without a value, of nothing. */
export function jsonReply(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  if (value === undefined) return { status, headers, bytes: Buffer.alloc(0) };
  const type = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers: { ...type, ...headers }, bytes: Buffer.from(JSON.stringify(value)) };
}

/** The body that every refusal of REST has. */
export function describeRefusal(status: number, message: string, errors?: readonly object[]): Record<string, unknown> {
  return {
    message,
    ...(errors === undefined || errors.length === 0 ? {} : { errors }),
    documentation_url: 'https://docs.github.com/rest',
    status: String(status),
  };
}

/** Sends a reply; the date is the injected clock's, from which clients see that their own clock is off. */
export function sendReply(response: ServerResponse, reply: Reply, now: number): void {
  response.writeHead(reply.status, {
    date: new Date(now).toUTCString(),
    'x-github-request-id': '0000:000000',
    ...reply.headers,
    'content-length': String(reply.bytes.byteLength),
  });
  response.end(reply.bytes);
}
