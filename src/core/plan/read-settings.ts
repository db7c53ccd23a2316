/** The settings of a task as `defaults:` and tasks say them: one vocabulary for plan and configuration. */
import { describeKind, type Located, type LocatedEntry } from './located-yaml.ts';
import { PROFILES, RESOURCE_SIZES, type ReviewSettings, type SaidSettings } from './plan.ts';
import type { ProblemList } from './problem-list.ts';
import { readDuration, readMoney } from './quantities.ts';
import { readAgentValue } from './read-agent.ts';
import { readImage } from '../sandbox/image.ts';
import { readRunsOn } from './read-runs-on.ts';
import {
  checkedText,
  listOf,
  oneOf,
  readCommands,
  readGlobValue,
  readMap,
  readTextValue,
  readVariableName,
  reportUnknownKeys,
  type ValueReader,
  wholeNumber,
} from './read-values.ts';

/** Every key of the settings, as YAML spells it. */
export const SETTING_KEYS = [
  'agent',
  'profile',
  'resources',
  'setup',
  'test',
  'test_paths',
  'review',
  'approvals',
  'timeout',
  'retries',
  'env',
  'copy',
  'ports',
  'budget',
  'priority',
  'runs_on',
  'image',
] as const;
type SettingKey = (typeof SETTING_KEYS)[number];

/** Keys of later parts, with what they would change: accepted by no version yet, never dropped in silence. */
export const LATER_KEYS: Readonly<Record<string, string>> = {
  services: 'no service would be started',
  target: 'every task lands on the one target of the plan',
  stack: 'a task starts when its needs have landed',
  each: 'it would run once, not once per chunk',
};

const KNOWN: ReadonlySet<string> = new Set(SETTING_KEYS);

/** True if `key` is one of {@link SETTING_KEYS}. */
export function isSettingKey(key: string): key is SettingKey {
  return KNOWN.has(key);
}

/** Reads one setting into `settings`; reports what is wrong with it. */
export function readSetting(settings: SaidSettings, key: SettingKey, value: Located, problems: ProblemList): void {
  const put = <K extends keyof SaidSettings>(name: K, read: SaidSettings[K] | undefined): void => {
    if (read !== undefined) settings[name] = read;
  };
  switch (key) {
    case 'agent':
      return put('agent', readAgentValue(value, key, problems));
    case 'profile':
      return put('profile', oneOf(PROFILES, ['moderate'])(value, key, problems));
    case 'resources':
      return put('resources', oneOf(RESOURCE_SIZES)(value, key, problems));
    case 'setup':
      return put(
        'setup',
        readCommands(value, key, problems)?.map((command) => [...command]),
      );
    case 'test':
      return put(
        'test',
        readCommands(value, key, problems)?.map((command) => [...command]),
      );
    case 'test_paths':
      return put('testPaths', listOf(readGlobValue)(value, key, problems));
    case 'review':
      return put('review', readReview(value, key, problems));
    case 'approvals':
      return put('approvals', wholeNumber(0, 100)(value, key, problems));
    case 'timeout':
      return put('timeoutMs', checkedText(readDuration)(value, key, problems));
    case 'retries':
      return put('retries', wholeNumber(0, 20)(value, key, problems));
    case 'env':
      return put('env', listOf(readVariableName)(value, key, problems));
    case 'copy':
      return put('copy', listOf(readGlobValue)(value, key, problems));
    case 'ports':
      return put('ports', listOf(readPortName)(value, key, problems));
    case 'budget':
      return put('budgetUsd', readBudget(value, key, problems));
    case 'priority':
      return put('priority', wholeNumber(-1000, 1000)(value, key, problems));
    case 'runs_on':
      return put('runsOn', readRunsOn(value, key, problems));
    case 'image':
      return put('image', checkedText(readImage)(value, key, problems));
  }
}

/** Reads a map of nothing but settings, such as `defaults:`. */
export function readSettingsMap(value: Located, name: string, problems: ProblemList): SaidSettings {
  const settings: SaidSettings = {};
  const entries = readMap(value, name, problems) ?? [];
  for (const entry of entries) {
    if (isSettingKey(entry.key)) readSetting(settings, entry.key, entry.value, problems);
    else reportLaterKey(entry, problems);
  }
  reportUnknownKeys(entries, [...SETTING_KEYS, ...Object.keys(LATER_KEYS)], `'${name}'`, problems);
  return settings;
}

/** Says of a key of a later part that it is not supported yet. True if it was one. */
export function reportLaterKey(entry: LocatedEntry, problems: ProblemList): boolean {
  if (!Object.hasOwn(LATER_KEYS, entry.key)) return false;
  problems.error(
    'not-supported-yet',
    entry.keyAt,
    `'${entry.key}' is not supported yet (${LATER_KEYS[entry.key]}); leave it out`,
  );
  return true;
}

/** A budget: money, or `none` to lift one that a wider setting gives. */
export const readBudget: ValueReader<number | null> = (value, name, problems) => {
  if (value.kind === 'scalar' && value.text === 'none') return null;
  return checkedText(readMoney)(value, name, problems);
};

const readPortName: ValueReader<string> = checkedText((text) =>
  /^[A-Za-z][A-Za-z0-9_]{0,59}$/.test(text)
    ? { ok: true, value: text }
    : {
        ok: false,
        because: "the name of a port has letters, digits and _, such as 'WEB' or 'API_PORT'; its number is given out",
      },
);

const REVIEW_KEYS = ['reviewer', 'threshold', 'iterations', 'rubric'] as const;

/** `off`, a reviewer as an agent is written, or a map of the parts. */
const readReview: ValueReader<Partial<ReviewSettings>> = (value, name, problems) => {
  if (isOff(value)) return { reviewer: null };
  if (value.kind === 'null' || value.kind === 'list') {
    problems.error(
      'bad-value',
      value.at,
      `'${name}' is ${describeKind(value)}; write 'off', a reviewer, or {reviewer: …, threshold: 10}`,
    );
    return undefined;
  }
  if (value.kind === 'scalar' || value.entries.some((entry) => ['preset', 'command', 'model'].includes(entry.key))) {
    const reviewer = readAgentValue(value, name, problems);
    return reviewer === undefined ? undefined : { reviewer };
  }
  reportUnknownKeys(value.entries, REVIEW_KEYS, `'${name}'`, problems);
  const review: Partial<ReviewSettings> = {};
  for (const entry of value.entries) readReviewPart(review, entry, name, problems);
  return review;
};

function readReviewPart(
  review: Partial<ReviewSettings>,
  entry: LocatedEntry,
  name: string,
  problems: ProblemList,
): void {
  const path = `${name}.${entry.key}`;
  if (entry.key === 'reviewer') {
    const reviewer = isOff(entry.value) ? null : readAgentValue(entry.value, path, problems);
    if (reviewer !== undefined) review.reviewer = reviewer;
  } else if (entry.key === 'threshold') {
    const threshold = checkedText(readScore)(entry.value, path, problems);
    if (threshold !== undefined) review.threshold = threshold;
  } else if (entry.key === 'iterations') {
    const iterations = wholeNumber(1, 20)(entry.value, path, problems);
    if (iterations !== undefined) review.iterations = iterations;
  } else if (entry.key === 'rubric') {
    const rubric = readTextValue(entry.value, path, problems);
    if (rubric !== undefined) review.rubric = rubric;
  }
}

function readScore(text: string): { ok: true; value: number } | { ok: false; because: string } {
  const score = /^\d{1,2}(?:\.\d)?(?:\/10)?$/.test(text) ? Number(text.replace('/10', '')) : Number.NaN;
  if (score >= 0 && score <= 10) return { ok: true, value: score };
  return { ok: false, because: 'a score is a number from 0 to 10' };
}

function isOff(value: Located): boolean {
  return value.kind === 'scalar' && ['off', 'none', 'false'].includes(value.text);
}
