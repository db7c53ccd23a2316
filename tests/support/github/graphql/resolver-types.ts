/** What resolvers receive and return. */

import type { Caller } from '../auth.ts';
import type { GitNode } from '../node-ids.ts';
import type { PermissionRecorder } from '../permissions.ts';
import type { Quota } from '../rate-limit.ts';
import type { CommitStatus, CheckRun, Node, Oid, Repository } from '../state.ts';
import type { Actor, World } from '../world.ts';
import type { DocumentCost } from './connection-cost.ts';

/** The rights of whoever made a call. */
export interface GraphqlAccess {
  readonly caller: Caller;
  readonly permissions: Pick<PermissionRecorder, 'allows'>;
  /** The points of the hour, those of this call already taken. */
  readQuota(): Quota;
}

/** What every resolver of one call shares. */
export interface GraphqlContext {
  readonly world: World;
  readonly access: GraphqlAccess;
  /** As whom mutations act. */
  readonly actor: Actor;
  readonly cost: DocumentCost;
}

/** A commit, tree or blob; `path` is where a tree was found from the root, without a slash at its end. */
export interface GitObjectSource {
  readonly kind: 'Commit' | 'Tree' | 'Blob';
  readonly repository: Repository;
  readonly oid: Oid;
  readonly path?: string;
}

export interface RefSource {
  readonly kind: 'Ref';
  readonly repository: Repository;
  /** Full name, such as `refs/heads/main`. */
  readonly name: string;
  readonly oid: Oid;
}

/** All checks and statuses of one commit. */
export interface RollupSource {
  readonly kind: 'StatusCheckRollup';
  readonly repository: Repository;
  readonly oid: Oid;
  readonly state: string;
  readonly checkRuns: readonly CheckRun[];
  readonly statuses: readonly CommitStatus[];
}

/** The source of a node type by its name in the schema. */
export type NodeSource<Kind extends Node['kind']> = Extract<Node, { kind: Kind }>;

/** Everything whose `kind` names its type in the schema, for fields that return an interface or a union. */
export type TypedSource = Node | GitNode | GitObjectSource | RefSource | RollupSource;

/** A field's answer from its parent object. */
export type FieldResolver<Source> = (source: Source, args: never, context: GraphqlContext) => unknown;

/** Resolvers of the fields of one type; a field without one fails by name. */
export type TypeResolvers<Source> = Readonly<Record<string, FieldResolver<Source>>>;

/** All types; `never` because each type's resolvers know their own source. */
export type Resolvers = Readonly<Record<string, TypeResolvers<never>>>;

/** A time of the state as the schema's DateTime wants it. */
export function dateTime(at: number): Date;
export function dateTime(at: number | null): Date | null;
export function dateTime(at: number | null): Date | null {
  return at === null ? null : new Date(at);
}
