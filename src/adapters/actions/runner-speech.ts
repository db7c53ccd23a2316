/**
 * How a step speaks to the runner: outputs, masks, the log, annotations and the job's summary. A runner obeys lines of a
 * step's output that look like its commands, so whatever is said here of plans, agents and pull requests is made unfit
 * to be one.
 */
import {
  debug,
  endGroup,
  error,
  info,
  notice,
  setOutput,
  setSecret,
  startGroup,
  summary,
  warning,
} from '@actions/core';

import { escapeText } from '../../core/report/escape-text.ts';
import { redactSecrets } from '../../core/text/secrets.ts';
import type { Log } from '../../ports/log.ts';

/** The runner refuses a larger summary of one step (1 MiB); the rest is room for the line that says so. */
const MAX_SUMMARY_BYTES = 1024 * 1024 - 1024;
const CUT_LINE = '\n\n_The rest of this summary did not fit into the 1 MiB that a step may write._\n';
const MAX_LINE = 2_000;
/** The runner shows ten annotations of a kind; a log of thousands of warnings is no use as such. */
const MAX_ANNOTATIONS = 10;

const ANNOTATE = { notice, warning, error } as const;

/** See the head of this file. `summary` is kept until {@link RunnerSpeech.flush}. */
export interface RunnerSpeech {
  setOutput(name: string, value: string): void;
  hide(secrets: readonly string[]): void;
  summarize(markdown: string): void;
  say(line: string): void;
  group<T>(title: string, work: () => Promise<T>): Promise<T>;
  annotate(level: 'notice' | 'warning' | 'error', text: string): void;
  /** The log for operators: a line each, warnings and errors also as annotations. */
  readonly log: Log;
  /** Writes the summary. To be called once, at the end. */
  flush(): Promise<void>;
}

/**
 * Opens it for this process, whose environment says where the runner wants its answers. Without `hasSummary` what is
 * summarized goes nowhere: the runner gave no file for it.
 */
export function openRunnerSpeech({ hasSummary }: { hasSummary: boolean }): RunnerSpeech {
  const secrets: string[] = [];
  const parts: string[] = [];
  const counts = { notice: 0, warning: 0, error: 0 };
  const clean = (text: string): string => redactSecrets(text, secrets);
  const say = (line: string): void => info(disarm(escapeText(clean(line), MAX_LINE)));
  const annotate = (level: keyof typeof counts, text: string): void => {
    counts[level] += 1;
    const line = escapeText(clean(text), MAX_LINE);
    if (counts[level] > MAX_ANNOTATIONS) say(`${level}: ${line}`);
    else ANNOTATE[level](line);
  };
  const speech: Omit<RunnerSpeech, 'log'> = {
    setOutput: (name, value) => setOutput(name, value),
    hide: (values) => {
      for (const value of values) {
        // A mask of several lines would match none of them.
        const lines = value.split('\n').map((line) => line.trim());
        for (const secret of new Set([value.trim(), ...lines])) {
          if (secret.length < 8 || secrets.includes(secret)) continue;
          secrets.push(secret);
          if (!secret.includes('\n')) setSecret(secret);
        }
      }
    },
    summarize: (markdown) => void parts.push(markdown),
    say,
    group: async (title, work) => {
      startGroup(disarm(escapeText(clean(title), 200)));
      try {
        return await work();
      } finally {
        endGroup();
      }
    },
    annotate,
    flush: async () => {
      if (parts.length === 0 || !hasSummary) return;
      await summary.addRaw(cutSummary(clean(`${parts.join('\n\n')}\n`))).write();
    },
  };
  return { ...speech, log: openLog(say, annotate) };
}

function openLog(say: (line: string) => void, annotate: RunnerSpeech['annotate']): Log {
  const render = (message: string, fields: Record<string, unknown> = {}): string => {
    const said = Object.entries(fields).map(([name, value]) => `${name} ${renderValue(value)}`);
    return said.length === 0 ? message : `${message} (${said.join(', ')})`;
  };
  return {
    debug: (message, fields) => debug(disarm(escapeText(render(message, fields), MAX_LINE))),
    info: (message, fields) => say(render(message, fields)),
    warn: (message, fields) => annotate('warning', render(message, fields)),
    error: (message, fields) => annotate('error', render(message, fields)),
  };
}

function renderValue(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return value.message;
  return JSON.stringify(value) ?? 'unknown';
}

/** A line that the runner takes for text: a command begins a line with `::`, an older form has `##[` anywhere. */
function disarm(line: string): string {
  return line.replace(/^(\s*):(?=:)/, '$1: ').replaceAll('##[', '## [');
}

function cutSummary(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= MAX_SUMMARY_BYTES) return text;
  // Not in the middle of a character, nor of a line's markup.
  const end = bytes.lastIndexOf(10, MAX_SUMMARY_BYTES);
  return `${bytes.subarray(0, end === -1 ? 0 : end).toString('utf8')}${CUT_LINE}`;
}
