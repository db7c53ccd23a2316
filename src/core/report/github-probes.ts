/** What the doctor found out about GitHub: the result, for a person (lines of text) and for a script (JSON). */
import { GITHUB_FACTS, type FactId } from '../register/github-facts.ts';
import type { JobLimit } from '../register/job-limits.ts';
import { escapeText } from './escape-text.ts';
import type { ExitName } from './exit-codes.ts';

/** `differs`: GitHub does not do what the code takes for granted. */
type ProbeStatus = 'ok' | 'differs' | 'not-probed';

/** One fact, tried. Texts may hold words of GitHub; they are escaped here. */
export interface ProbedFact {
  id: FactId;
  status: ProbeStatus;
  /** What should have been found; empty where nothing was tried. */
  expected: string;
  /** What was found, or why nothing was tried. */
  found: string;
}

/** One permission that `app.yml` asks for. */
export interface ProbedPermission {
  name: string;
  wanted: 'read' | 'write';
  /** As the installation has it; `null` if it has none of that name. */
  held: string | null;
  isEnough: boolean;
  /** What the app needs it for. */
  reason: string;
}

/** Everything that came of one visit. */
export interface ProbeReport {
  /** `owner/name`. */
  repository: string;
  /** Whose token it was. */
  actor: string;
  /** `null` where the token does not tell. */
  permissions: readonly ProbedPermission[] | null;
  facts: readonly ProbedFact[];
  /** What going by the token of a job instead of an app would mean; empty where an app was visited. */
  limits: readonly JobLimit[];
  /** What the doctor made and could not remove, each with what to do about it. */
  left: readonly string[];
}

const WORDS: Readonly<Record<ProbeStatus, string>> = { ok: 'ok', differs: 'DIFFERS', 'not-probed': 'not probed' };
const WIDTH = 11;
const MAX_TEXT_LENGTH = 600;
/** What is as it should be needs no more than a line; the JSON has all of it. */
const MAX_OK_LENGTH = 100;

/** `findings` if a fact differs, a permission is missing, or something was left behind. */
export function judgeProbes({ facts, permissions, left }: ProbeReport): ExitName {
  const isLacking = permissions?.some(({ isEnough }) => !isEnough) === true;
  return isLacking || left.length > 0 || facts.some(({ status }) => status === 'differs') ? 'findings' : 'ok';
}

/** The report as JSON with two spaces of indentation, and a version for scripts to look at. */
export function renderProbeJson(report: ProbeReport): string {
  return JSON.stringify({ version: 1, ...report }, null, 2);
}

/** The report as lines: permissions, facts, what was left, a count. */
export function renderProbeTable(report: ProbeReport): string[] {
  return [
    `${show(report.repository)}, as ${show(report.actor)}`,
    '',
    ...renderPermissions(report.permissions),
    '',
    ...report.facts.flatMap(renderFact),
    '',
    ...renderLimits(report.limits),
    ...report.left.map((text) => `${'LEFT'.padEnd(WIDTH)} ${show(text)}`),
    renderCount(report.facts),
  ];
}

function renderPermissions(permissions: ProbeReport['permissions']): string[] {
  if (permissions === null) return ['What this token may do is not known before it is tried.'];
  return permissions.map(({ name, wanted, held, isEnough, reason }) => {
    if (isEnough) return `${'ok'.padEnd(WIDTH)} permission ${name}: ${wanted}`;
    const has = held === null ? 'it is not granted' : `only '${show(held)}' is granted`;
    return `${'MISSING'.padEnd(WIDTH)} permission ${name}: ${wanted} (${has}), needed to ${reason}`;
  });
}

function renderFact({ id, status, expected, found }: ProbedFact): string[] {
  const text = escapeText(found, status === 'ok' ? MAX_OK_LENGTH : MAX_TEXT_LENGTH);
  const head = `${WORDS[status].padEnd(WIDTH)} ${id}: ${text}`;
  if (status !== 'differs') return [head];
  const fact = GITHUB_FACTS.find((one) => one.id === id);
  const indent = ' '.repeat(WIDTH + 1);
  return [head, `${indent}expected: ${show(expected)}`, `${indent}so: ${(fact?.otherwise ?? '').replaceAll('**', '')}`];
}

function renderLimits(limits: readonly JobLimit[]): string[] {
  if (limits.length === 0) return [];
  const rows = limits.map(({ limit, sequel }) => `${'limit'.padEnd(WIDTH)} ${limit} ${sequel}`);
  return ['Where Espalier has nothing but the token of a job (`GITHUB_TOKEN`):', ...rows, ''];
}

function renderCount(facts: readonly ProbedFact[]): string {
  const count = (wanted: ProbeStatus): number => facts.filter(({ status }) => status === wanted).length;
  return `${facts.length} facts: ${count('ok')} ok, ${count('differs')} differ, ${count('not-probed')} not probed`;
}

function show(text: string): string {
  return escapeText(text, MAX_TEXT_LENGTH);
}
