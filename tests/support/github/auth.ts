/** Who a request speaks for: an app by its JWT, or an installation by a token that this GitHub minted. */
import { createPublicKey, verify } from 'node:crypto';

import type { Account, App, GitHubState, Installation, Permissions } from './state.ts';
import { appOf, type Actor, type World, appActor } from './world.ts';

/** How long an installation token is good for, in milliseconds. */
export const TOKEN_LIFETIME_MS = 60 * 60 * 1000;

/** GitHub takes a JWT for ten minutes at most; clocks may differ by one. */
const JWT_LIFETIME_SECONDS = 10 * 60;
const CLOCK_DRIFT_SECONDS = 60;

/** One minted token and what it may do. */
interface InstallationToken {
  readonly token: string;
  readonly appId: number;
  readonly installationId: number;
  readonly permissions: Permissions;
  /** Undefined: every repository of the installation. */
  readonly repositoryIds: ReadonlySet<number> | undefined;
  readonly expiresAt: number;
}

/** Whoever made a request. */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'app'; readonly app: App }
  | { readonly kind: 'person'; readonly account: Account }
  | {
      readonly kind: 'installation';
      readonly app: App;
      readonly installation: Installation;
      readonly token: InstallationToken;
    };

/** A caller, or why GitHub does not know it. */
type Authentication = { readonly caller: Caller } | { readonly status: 401 | 403; readonly message: string };

/** The tokens of one test GitHub. */
export interface TokenStore {
  /** Mints a token for an installation; its permissions must be among the installation's. */
  mint(
    installation: Installation,
    narrowing?: { readonly permissions?: Permissions; readonly repositoryIds?: ReadonlySet<number> },
  ): InstallationToken;
  /** A token of a person, which may do what the person may and never ends. */
  mintForPerson(login: string): string;
  /** Takes a token back, as `DELETE /installation/token` does. */
  revoke(token: string): void;
  /**
   * Reads an `authorization` header: `bearer` or `token` with a JWT or a token, or Basic with a token as password.
   * No header is an anonymous caller.
   */
  authenticate(header: string | undefined): Authentication;
}

/** An empty store over the state and clock of a world. */
export function createTokenStore(world: World): TokenStore {
  const installationTokens = new Map<string, InstallationToken>();
  const people = new Map<string, string>();
  let minted = 0;
  return {
    mint(installation, narrowing = {}) {
      minted += 1;
      const suffix = Math.floor(world.random() * 2 ** 48).toString(36);
      // The stateless format of 2026: longer than forty characters, with dots and underscores in it.
      const token = `ghs_${installation.appId}_${'T'.repeat(40)}.${minted}_${suffix}`;
      const made: InstallationToken = {
        token,
        appId: installation.appId,
        installationId: installation.id,
        permissions: { metadata: 'read', ...(narrowing.permissions ?? installation.permissions) },
        repositoryIds: narrowing.repositoryIds,
        expiresAt: world.clock.now() + TOKEN_LIFETIME_MS,
      };
      installationTokens.set(token, made);
      return made;
    },
    mintForPerson(login) {
      minted += 1;
      const token = `ghp_${'P'.repeat(30)}${String(minted).padStart(6, '0')}`;
      people.set(token, login.toLowerCase());
      return token;
    },
    revoke(token) {
      installationTokens.delete(token);
      people.delete(token);
    },
    authenticate(header) {
      if (header === undefined) return { caller: { kind: 'anonymous' } };
      const credential = readCredential(header);
      if (credential.split('.').length === 3 && credential.startsWith('ey'))
        return authenticateJwt(world.state, credential, world.clock.now());
      const person = people.get(credential);
      const account = person === undefined ? undefined : world.state.accounts.get(person);
      if (account !== undefined) return { caller: { kind: 'person', account } };
      return authenticateToken(world, installationTokens.get(credential));
    },
  };
}

/** The actor of operations that a caller asks for; undefined for one that may not change anything. */
export function actorOf(world: World, caller: Caller): Actor | undefined {
  if (caller.kind === 'installation') return appActor(world, caller.app.id);
  return caller.kind === 'person' ? { account: caller.account, appId: null } : undefined;
}

/** From the lowest on. */
const LEVELS = ['read', 'write', 'admin'] as const;

function authenticateToken(world: World, token: InstallationToken | undefined): Authentication {
  const installation = token === undefined ? undefined : world.state.installations.get(token.installationId);
  if (token === undefined || installation === undefined || token.expiresAt <= world.clock.now())
    return { status: 401, message: 'Bad credentials' };
  if (installation.suspendedAt !== null) return { status: 403, message: 'This installation has been suspended' };
  const app = appOf(world.state, token.appId);
  // What was taken from the installation since is taken from its tokens too; what was added is not.
  const held = Object.entries(token.permissions).flatMap(([name, level]) => {
    const granted = installation.permissions[name];
    return granted === undefined ? [] : [[name, LEVELS.find((one) => one === granted || one === level)] as const];
  });
  const permissions = { metadata: 'read' as const, ...Object.fromEntries(held) };
  return { caller: { kind: 'installation', app, installation, token: { ...token, permissions } } };
}

function readCredential(header: string): string {
  const [scheme = '', value = ''] = header.split(/\s+/u);
  if (scheme.toLowerCase() !== 'basic') return value;
  const text = Buffer.from(value, 'base64').toString('utf8');
  return text.slice(text.indexOf(':') + 1);
}

/** Checks the signature with the app's public key and the claims against the clock, in GitHub's words. */
function authenticateJwt(state: GitHubState, jwt: string, now: number): Authentication {
  const [head = '', body = '', signature = ''] = jwt.split('.');
  const header = readJson(head);
  const claims = readJson(body);
  const undecodable = { status: 401, message: 'A JSON web token could not be decoded' } as const;
  if (header === undefined || claims === undefined || header['alg'] !== 'RS256') return undecodable;
  const issuer = String(claims['iss']);
  const app = [...state.apps.values()].find((one) => String(one.id) === issuer || one.clientId === issuer);
  if (app === undefined) return { status: 401, message: 'Integration not found' };
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    createPublicKey(app.publicKeyPem),
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) return undecodable;
  const problem = findClaimProblem(claims, Math.floor(now / 1000));
  return problem === undefined ? { caller: { kind: 'app', app } } : { status: 401, message: problem };
}

function findClaimProblem(claims: Record<string, unknown>, nowSeconds: number): string | undefined {
  const { exp, iat } = claims;
  if (typeof exp !== 'number' || exp <= nowSeconds)
    return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
  if (exp > nowSeconds + JWT_LIFETIME_SECONDS + CLOCK_DRIFT_SECONDS)
    return "'Expiration time' claim ('exp') is too far in the future";
  if (typeof iat !== 'number' || iat > nowSeconds + CLOCK_DRIFT_SECONDS)
    return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
  return undefined;
}

function readJson(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
