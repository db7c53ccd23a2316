/** What the token of a job may do: by the file, the job, whoever called the file, and the repository's setting. */
import type { Permissions } from '../github/state.ts';

/** Access by key of `permissions:`; keys that are absent have none. */
export type Access = Readonly<Record<string, 'read' | 'write'>>;

/** Every key that a shorthand stands for. */
const KEYS = [
  ...['actions', 'attestations', 'checks', 'contents', 'deployments', 'discussions', 'id-token', 'issues'],
  ...['packages', 'pages', 'pull-requests', 'security-events', 'statuses'],
];

/** What a repository gives where no file says anything. */
export const DEFAULT_ACCESS: Readonly<Record<'read' | 'write', Access>> = {
  read: { contents: 'read', packages: 'read' },
  write: Object.fromEntries(KEYS.filter((key) => key !== 'id-token').map((key) => [key, 'write' as const])),
};

/** Reads a `permissions:` that is filled in; undefined where a file or a job has none. */
export function readAccess(value: unknown): Access | undefined {
  if (value === null || value === undefined) return undefined;
  if (value === 'read-all' || value === 'write-all') {
    const level = value === 'read-all' ? 'read' : 'write';
    return Object.fromEntries(KEYS.map((key) => [key, level] as const));
  }
  const given = Object.entries(value as Record<string, string>);
  return Object.fromEntries(
    given.flatMap(([key, level]) => (level === 'read' || level === 'write' ? [[key, level] as const] : [])),
  );
}

/** The first key of which `wanted` asks for more than `ceiling` has, in GitHub's words; undefined where none does. */
export function findExcess(wanted: Access, ceiling: Access): string | undefined {
  for (const [key, level] of Object.entries(wanted)) {
    const most = ceiling[key];
    if (most === level || most === 'write') continue;
    return `is requesting '${key}: ${level}', but is only allowed '${key}: ${most ?? 'none'}'`;
  }
  return undefined;
}

/** The same access, without anything to write: what a pull request from a fork leaves of it. */
export function readOnly(access: Access): Access {
  const kept = Object.keys(access).filter((key) => key !== 'id-token');
  return Object.fromEntries(kept.map((key) => [key, 'read' as const]));
}

/** The permissions of a token with some access, by the names of REST. */
export function toPermissions(access: Access): Permissions {
  const known = Object.entries(access).filter(([key]) => key !== 'id-token' && KEYS.includes(key));
  return { metadata: 'read', ...Object.fromEntries(known.map(([key, level]) => [key.replaceAll('-', '_'), level])) };
}
