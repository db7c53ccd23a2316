/** What a route of REST receives and returns. */
import type { Caller, TokenStore } from '../auth.ts';
import type { RouteName } from '../openapi/operations.ts';
import type { RateLimits } from '../rate-limit.ts';
import type { App, Delivery, Repository } from '../state.ts';
import type { Actor, World } from '../world.ts';

/** What the routes use beside the world. */
export interface RestServices {
  readonly tokens: TokenStore;
  readonly rateLimits: RateLimits;
  /** Apps whose manifest was sent and not yet converted, by code. */
  readonly manifestCodes: Map<string, App>;
  /** Sends a delivery once more, with the GUID that it had. */
  readonly redeliver: (delivery: Delivery) => Promise<unknown>;
}

/** One request, checked against the official description and allowed by its token. */
export interface RestCall {
  /** The world as this request sees it: an older one, where a fault says so. */
  readonly world: World;
  readonly services: RestServices;
  readonly caller: Caller;
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Empty where no body was sent. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request below `/repos/{owner}/{repo}`. */
export interface RepositoryCall extends RestCall {
  readonly repository: Repository;
  readonly actor: Actor;
}

/** What a route answers. */
export interface RestAnswer {
  readonly status: number;
  /** JSON; undefined for none. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type RestHandler<Call extends RestCall> = (call: Call) => Promise<RestAnswer> | RestAnswer;

/** Routes by name, as the official description spells them. */
export type RestRoutes<Call extends RestCall> = Partial<Record<RouteName, RestHandler<Call>>>;

/** 200 with a body. */
export function ok(body: unknown): RestAnswer {
  return { status: 200, body };
}

/** One page of a list as `per_page` and `page` ask for it, and the `link` header to the next. */
export function takePage<Item>(
  call: RestCall,
  items: readonly Item[],
): { readonly page: readonly Item[]; readonly headers: Readonly<Record<string, string>> } {
  const size = Math.min(100, Math.max(1, Number(call.query.get('per_page') ?? 30)));
  const number = Math.max(1, Number(call.query.get('page') ?? 1));
  const page = items.slice((number - 1) * size, number * size);
  const links = [
    ...(number * size < items.length ? [['next', number + 1] as const] : []),
    ...(number > 1 ? [['prev', number - 1] as const] : []),
  ];
  // The server puts the address of the request in place of the empty one.
  const link = links.map(([name, to]) => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(to));
    return `<?${query.toString()}>; rel="${name}"`;
  });
  return { page, headers: link.length === 0 ? {} : { link: link.join(', ') } };
}

/** A parameter of the path that the description says is a number. */
export function readNumber(call: RestCall, name: string): number {
  return Number(call.path[name]);
}
