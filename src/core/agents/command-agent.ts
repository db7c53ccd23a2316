/** An agent that is any command line: its output is free text, and usage comes in a file if it writes one. */
import { z } from 'zod';

import { Usage } from '../ledger/evidence.ts';
import { UNKNOWN_USAGE, type AgentReading } from './agent-reading.ts';

// The end is enough to find a reviewer's answer in.
const MAX_KEPT_TEXT = 256 * 1024;

/** Keeps the last line as activity (uncleaned) and the end of the output as the final text. */
export function readCommandLine(reading: AgentReading, line: string): AgentReading {
  const text = `${reading.finalText ?? ''}${line}\n`;
  return {
    ...reading,
    // Not cleaned here: a flood has millions of lines, and only one in a while is shown.
    activity: line.length > 1 ? line.slice(0, 400) : reading.activity,
    finalText: text.length > MAX_KEPT_TEXT * 2 ? text.slice(-MAX_KEPT_TEXT) : text,
  };
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
