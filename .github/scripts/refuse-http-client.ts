/**
 * Stands in the bundle for `@actions/http-client`, which `@actions/core` loads for tokens of OpenID Connect. Nothing that
 * ships asks for one, and the client with all that it brings would be the better part of the time that a step takes to
 * start.
 */

/** Refuses. */
export function HttpClient(): never {
  throw new Error('No token of OpenID Connect is ever asked for here.');
}

/** Refuses. */
export function BearerCredentialHandler(): never {
  return HttpClient();
}
