/** Shapes of what GitHub answers, as far as it is read here, and how they become facts. */
import { z } from 'zod';

import type { CommitSha, TreeSha } from '../../core/brand.ts';
import type { Speaker } from '../../core/commands/authority.ts';
import { isObjectName } from '../../core/ids.ts';

/** The name of a git object: checked, since it goes into other requests and into the ledger. */
const objectName = z.string().refine(isObjectName, 'is not the name of a git object');
export const CommitName: z.ZodType<CommitSha> = objectName.transform((name) => name as CommitSha);
export const TreeName: z.ZodType<TreeSha> = objectName.transform((name) => name as TreeSha);

/** A time of GitHub's as milliseconds since the epoch. */
export const Time: z.ZodType<number> = z.string().transform((text, context) => {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) context.addIssue({ code: 'custom', message: 'is not a time' });
  return ms;
});

/** A connection's nodes; GitHub leaves `null` where it does not show one. */
export function nodesOf<T>(node: z.ZodType<T>): z.ZodType<T[]> {
  return z
    .array(node.nullable())
    .transform((nodes) => nodes.filter((one): one is NonNullable<typeof one> => one !== null));
}

const KINDS: Readonly<Record<string, Speaker['kind']>> = {
  User: 'user',
  Bot: 'bot',
  Organization: 'organization',
  Mannequin: 'mannequin',
};

/** GitHub shows this in place of an account that was deleted. */
const GHOST: Speaker = { login: 'ghost', kind: 'unknown', id: null };

/** Somebody who wrote something. A bot's login is as REST has it, with `[bot]`, so that it is no person's. */
export const Author: z.ZodType<Speaker> = z
  .object({ __typename: z.string(), login: z.string(), databaseId: z.number().nullish() })
  .nullable()
  .transform((actor): Speaker => {
    if (actor === null) return GHOST;
    const kind = KINDS[actor.__typename] ?? 'unknown';
    const isBare = kind === 'bot' && !actor.login.endsWith('[bot]');
    return { login: isBare ? `${actor.login}[bot]` : actor.login, kind, id: actor.databaseId ?? null };
  });

export const AUTHOR_FRAGMENT = `fragment Author on Actor {
  __typename
  login
  ... on User { databaseId }
  ... on Bot { databaseId }
  ... on Organization { databaseId }
  ... on Mannequin { databaseId }
}`;

export const Commit = z.object({ oid: CommitName, tree: z.object({ oid: TreeName }) });
