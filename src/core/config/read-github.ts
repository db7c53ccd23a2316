/** The part of the configuration that concerns GitHub: required checks, the way to land, bots that are obeyed. */
import { z } from 'zod';

import type { LocatedEntry } from '../plan/located-yaml.ts';
import type { ProblemList } from '../plan/problem-list.ts';
import { readDuration } from '../plan/quantities.ts';
import {
  checkedText,
  listOf,
  oneOf,
  readGlobValue,
  readMap,
  reportUnknownKeys,
  type ValueReader,
  wholeNumber,
} from '../plan/read-values.ts';
import { BUILT_IN_CLEANUP, BUILT_IN_RUNNERS } from './defaults.ts';
import { CleanupConfig, readCleanup } from './read-cleanup.ts';
import { readRunners } from './runners.ts';

/** How a base may be moved; `auto` takes the strongest way that the repository's rules allow. */
const LANDINGS = ['auto', 'fast-forward', 'merge', 'squash', 'rebase'] as const;

/** A check that must have passed on the head that lands, beside those that the repository's rules require. */
export const RequiredCheck = z.object({
  /** A glob; `*` does not cross a `/`. */
  name: z.string(),
  /** Id of the app that must have made it; `null` is any, which anybody with write access can forge. */
  appId: z.number().int().nullable(),
});
export type RequiredCheck = z.infer<typeof RequiredCheck>;

/** What a repository says about GitHub. */
export const GithubConfig = z.object({
  checks: z.array(RequiredCheck),
  landing: z.enum(LANDINGS),
  /** User ids of the bots whose commands are obeyed. */
  allowedBotIds: z.array(z.number().int()),
  /** A task without a sign for so long is named to the person who can act; `null` takes the default. */
  stuckAfterMs: z.number().int().nullable(),
  /** All runners that plans may ask for, see `runners.ts`: the built-in ones and the repository's own. */
  runners: z.array(z.array(z.string())),
  cleanup: CleanupConfig,
});
export type GithubConfig = z.infer<typeof GithubConfig>;

/** What holds where nothing is said. */
export function emptyGithubConfig(): GithubConfig {
  return {
    checks: [],
    landing: 'auto',
    allowedBotIds: [],
    stuckAfterMs: null,
    runners: BUILT_IN_RUNNERS.map((labels) => [...labels]),
    cleanup: { ...BUILT_IN_CLEANUP },
  };
}

const MAX_ID = Number.MAX_SAFE_INTEGER;

const readCheck: ValueReader<RequiredCheck> = (value, name, problems) => {
  if (value.kind === 'scalar') {
    const glob = readGlobValue(value, name, problems);
    return glob === undefined ? undefined : { name: glob, appId: null };
  }
  const entries = readMap(value, name, problems);
  if (entries === undefined) return undefined;
  reportUnknownKeys(entries, ['name', 'app'], `'${name}'`, problems);
  let glob: string | undefined;
  let appId: number | null = null;
  for (const entry of entries) {
    if (entry.key === 'name') glob = readGlobValue(entry.value, `${name}.name`, problems);
    else if (entry.key === 'app') appId = wholeNumber(1, MAX_ID)(entry.value, `${name}.app`, problems) ?? null;
  }
  if (glob !== undefined) return { name: glob, appId };
  problems.error('bad-value', value.at, `'${name}' needs a 'name'`);
  return undefined;
};

/** Reads the entries under `github`. */
export function readGithubConfig(entries: readonly LocatedEntry[], problems: ProblemList): GithubConfig {
  const config = emptyGithubConfig();
  reportUnknownKeys(entries, ['checks', 'landing', 'bots', 'stuck_after', 'runners', 'cleanup'], "'github'", problems);
  for (const { key, value } of entries) {
    const name = `github.${key}`;
    if (key === 'checks') config.checks = listOf(readCheck)(value, name, problems) ?? [];
    else if (key === 'landing') config.landing = oneOf(LANDINGS)(value, name, problems) ?? 'auto';
    else if (key === 'bots') config.allowedBotIds = listOf(wholeNumber(1, MAX_ID))(value, name, problems) ?? [];
    else if (key === 'stuck_after') config.stuckAfterMs = checkedText(readDuration)(value, name, problems) ?? null;
    else if (key === 'cleanup') config.cleanup = readCleanup(value, name, problems) ?? config.cleanup;
    else if (key === 'runners') config.runners.push(...(readRunners(value, name, problems) ?? []));
  }
  return config;
}
