/** An agent that is any command line: its output is free text, and usage comes in a file if it writes one. */
import { z } from 'zod';

import { Usage } from '../ledger/evidence.ts';
import { UNKNOWN_USAGE, type AgentReading } from './agent-reading.ts';

// The end is enough to find a reviewer's answer in.
const MAX_KEPT_TEXT = 256 * 1024;

/**
 * Takes a piece of the output: keeps its last line as activity (uncleaned) and the end of all as the final text.
 * Works on pieces, not lines: a flood has millions of lines.
 */
export function readCommandText(reading: AgentReading, text: string): AgentReading {
  const kept = `${reading.finalText ?? ''}${text}`;
  return {
    ...reading,
    activity: findLastLine(text) ?? reading.activity,
    finalText: kept.length > MAX_KEPT_TEXT * 2 ? kept.slice(-MAX_KEPT_TEXT) : kept,
  };
}

/** The last line that has something on it, among the last few of a piece. */
function findLastLine(text: string): string | null {
  const lines = text.slice(-2000).split('\n');
  return lines.findLast((line) => line.trim() !== '')?.slice(0, 400) ?? null;
}

const UsageReport = z.object(Usage.shape).partial();

/** Reads what a command wrote to `$ESPALIER_USAGE_FILE`: any of the members of {@link Usage}, as JSON. */
export function readUsageFile(text: string | null): Usage {
  if (text === null) return UNKNOWN_USAGE;
  try {
    const report = UsageReport.safeParse(JSON.parse(text));
    return report.success ? { ...UNKNOWN_USAGE, ...dropUndefined(report.data) } : UNKNOWN_USAGE;
  } catch {
    return UNKNOWN_USAGE;
  }
}

function dropUndefined(report: z.infer<typeof UsageReport>): Partial<Usage> {
  return Object.fromEntries(Object.entries(report).filter(([, value]) => value !== undefined));
}
