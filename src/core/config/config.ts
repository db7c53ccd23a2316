/** The repository's configuration, `.github/espalier.yml`: its schema and its reader. */
import { z } from 'zod';

import type { Checked } from '../ids.ts';
import { findEntry, type LocatedEntry, readLocatedYaml } from '../plan/located-yaml.ts';
import type { PlanProblem, SaidSettings } from '../plan/plan.ts';
import { createProblemList, type ProblemList } from '../plan/problem-list.ts';
import { readSettingsMap } from '../plan/read-settings.ts';
import {
  checkedText,
  listOf,
  oneOf,
  readCommands,
  readGlobValue,
  readMap,
  reportUnknownKeys,
  wholeNumber,
} from '../plan/read-values.ts';
import { readSourceText } from '../plan/source-text.ts';
import { readImage } from '../sandbox/image.ts';
import { PROPERTIES, SANDBOX_ENGINES } from '../sandbox/property.ts';
import { BUILT_IN_LIMITS, BUILT_IN_PORTS } from './defaults.ts';
import { BUILT_IN_PROTECTED } from './protected-paths.ts';
import { readBytes } from './read-bytes.ts';
import { emptyGithubConfig, GithubConfig, readGithubConfig } from './read-github.ts';

/** Where the configuration stands in a repository. It is read from the base commit, never from a change. */
export const CONFIG_PATH = '.github/espalier.yml';

/** Longest configuration that is read, in characters. */
export const MAX_CONFIG_LENGTH = 64 * 1024;

/** The configuration with its defaults filled in, apart from `defaults`, which `resolvePlan` layers. */
export const EspalierConfig = z.object({
  defaults: z.custom<SaidSettings>((value) => typeof value === 'object' && value !== null),
  /** Attempts at once; `null` leaves it to the machine. */
  maxParallel: z.number().int().min(1).max(256).nullable(),
  /** All protected globs: the built-in ones and the repository's own. */
  protectedPaths: z.array(z.string()),
  limits: z.object({
    maxFileBytes: z.number().int().positive(),
    maxChangedFiles: z.number().int().positive(),
    maxChangeBytes: z.number().int().positive(),
  }),
  sandbox: z.object({
    engine: z.enum(['auto', ...SANDBOX_ENGINES]),
    /** Image for docker and podman; `null` takes the built-in choice. */
    image: z.string().nullable(),
    /** Absolute path of a folder that is the root file system; `null` takes the built-in choice. */
    rootfs: z.string().nullable(),
    /** Properties that may be missing on this repository's machines. */
    waive: z.array(z.enum(PROPERTIES)),
  }),
  ports: z.object({ first: z.number().int(), last: z.number().int() }),
  github: GithubConfig,
});
export type EspalierConfig = z.infer<typeof EspalierConfig>;

/** A configuration if there is no error, and all problems either way. */
export interface ConfigReading {
  config: EspalierConfig | null;
  problems: PlanProblem[];
}

const CONFIG_KEYS = [
  'defaults',
  'max_parallel',
  'protected',
  'limits',
  'sandbox',
  'ports',
  'github',
  'copy',
  'setup',
] as const;

/** The configuration of a repository that has none. */
export function emptyConfig(): EspalierConfig {
  return {
    defaults: {},
    maxParallel: null,
    protectedPaths: [...BUILT_IN_PROTECTED],
    limits: { ...BUILT_IN_LIMITS },
    sandbox: { engine: 'auto', image: null, rootfs: null, waive: [] },
    ports: { ...BUILT_IN_PORTS },
    github: emptyGithubConfig(),
  };
}

/** Reads the text of a configuration. Never throws; an empty text is the empty configuration. */
export function readConfig(text: string): ConfigReading {
  const source = readSourceText(text.slice(0, MAX_CONFIG_LENGTH));
  const problems = createProblemList(source);
  if (text.length > MAX_CONFIG_LENGTH) {
    problems.error(
      'too-large',
      null,
      `the configuration has ${text.length} characters; at most ${MAX_CONFIG_LENGTH} are read`,
    );
    return { config: null, problems: problems.finish() };
  }
  if (source.lines.every((line) => /^\s*(?:#|$)/.test(line))) return { config: emptyConfig(), problems: [] };
  const root = readLocatedYaml(source.text, (place) => place, problems);
  const entries = root === null ? undefined : readMap(root, 'the configuration', problems);
  if (entries === undefined) return { config: null, problems: problems.finish() };
  reportUnknownKeys(entries, CONFIG_KEYS, 'the configuration', problems);
  const config = readEntries(entries, problems);
  return { config: problems.hasErrors() ? null : EspalierConfig.parse(config), problems: problems.finish() };
}

function readEntries(entries: readonly LocatedEntry[], problems: ProblemList): EspalierConfig {
  const config = emptyConfig();
  for (const { key, value } of entries) {
    if (key === 'defaults') config.defaults = readSettingsMap(value, key, problems);
    else if (key === 'max_parallel') config.maxParallel = wholeNumber(1, 256)(value, key, problems) ?? null;
    else if (key === 'protected') config.protectedPaths.push(...(listOf(readGlobValue)(value, key, problems) ?? []));
    else if (key === 'limits') readLimits(config, readMap(value, key, problems) ?? [], problems);
    else if (key === 'sandbox') readSandbox(config, readMap(value, key, problems) ?? [], problems);
    else if (key === 'github') config.github = readGithubConfig(readMap(value, key, problems) ?? [], problems);
    else if (key === 'ports') config.ports = checkedText(readPortRange)(value, key, problems) ?? config.ports;
  }
  readShortcuts(config, entries, problems);
  return config;
}

/** `copy` and `setup` at the top are the same as under `defaults`; both at once would hide one. */
function readShortcuts(config: EspalierConfig, entries: readonly LocatedEntry[], problems: ProblemList): void {
  const refuse = (entry: LocatedEntry): void =>
    problems.error('duplicate-key', entry.keyAt, `'${entry.key}' stands here and under 'defaults'; write it once`);
  const copy = findEntry(entries, 'copy');
  if (copy !== undefined) {
    if (config.defaults.copy !== undefined) refuse(copy);
    const globs = listOf(readGlobValue)(copy.value, 'copy', problems);
    if (globs !== undefined) config.defaults.copy = globs;
  }
  const setup = findEntry(entries, 'setup');
  if (setup !== undefined) {
    if (config.defaults.setup !== undefined) refuse(setup);
    const commands = readCommands(setup.value, 'setup', problems);
    if (commands !== undefined) config.defaults.setup = commands.map((command) => [...command]);
  }
}

function readLimits(config: EspalierConfig, entries: readonly LocatedEntry[], problems: ProblemList): void {
  reportUnknownKeys(entries, ['max_file_bytes', 'max_changed_files', 'max_change_bytes'], "'limits'", problems);
  const { limits } = config;
  for (const { key, value } of entries) {
    const name = `limits.${key}`;
    if (key === 'max_file_bytes')
      limits.maxFileBytes = checkedText(readBytes)(value, name, problems) ?? limits.maxFileBytes;
    else if (key === 'max_change_bytes')
      limits.maxChangeBytes = checkedText(readBytes)(value, name, problems) ?? limits.maxChangeBytes;
    else if (key === 'max_changed_files') {
      limits.maxChangedFiles = wholeNumber(1, 1_000_000)(value, name, problems) ?? limits.maxChangedFiles;
    }
  }
}

function readSandbox(config: EspalierConfig, entries: readonly LocatedEntry[], problems: ProblemList): void {
  reportUnknownKeys(entries, ['engine', 'image', 'rootfs', 'waive'], "'sandbox'", problems);
  const { sandbox } = config;
  for (const { key, value } of entries) {
    const name = `sandbox.${key}`;
    if (key === 'engine')
      sandbox.engine = oneOf(['auto', ...SANDBOX_ENGINES] as const)(value, name, problems) ?? 'auto';
    else if (key === 'image') sandbox.image = checkedText(readImage)(value, name, problems) ?? null;
    else if (key === 'rootfs') sandbox.rootfs = checkedText(readAbsolutePath)(value, name, problems) ?? null;
    else if (key === 'waive') sandbox.waive = listOf(oneOf(PROPERTIES))(value, name, problems) ?? [];
  }
  if (sandbox.engine === 'none') {
    const at = findEntry(entries, 'engine')?.value.at ?? null;
    problems.warn('no-sandbox', at, "'sandbox.engine: none' runs agents with no sandbox at all");
  }
}

function readPortRange(text: string): Checked<{ first: number; last: number }> {
  const match = /^(\d{1,5}) ?- ?(\d{1,5})$/.exec(text.trim());
  const first = Number(match?.[1] ?? Number.NaN);
  const last = Number(match?.[2] ?? Number.NaN);
  if (first >= 1024 && last <= 65_535 && first <= last) return { ok: true, value: { first, last } };
  return { ok: false, because: "a range of ports is written '20000-29999', within 1024 and 65535" };
}

function readAbsolutePath(text: string): Checked<string> {
  const isGood = text.startsWith('/') && !text.split('/').includes('..') && text.length <= 1000 && !/[\0\n]/.test(text);
  return isGood
    ? { ok: true, value: text }
    : { ok: false, because: "a root file system is an absolute path without '..'" };
}
