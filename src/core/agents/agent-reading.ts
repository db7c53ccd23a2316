/** What is read from an agent's output while it runs: usage, the last sign of life, and whether it says it failed. */
import type { Usage } from '../ledger/evidence.ts';

/** State after some lines of output. Readers are pure: they return the next state. */
export interface AgentReading {
  usage: Usage;
  /** The last sign of life, to be cleaned before it is shown; empty before the first. */
  activity: string;
  /** What the agent itself called an error; `null` if it called none. Overrides a zero exit code. */
  error: string | null;
  /** The agent's last message, where a reviewer's answer is looked for; `null` before the first. */
  finalText: string | null;
  /** True once the agent has said that it ended, in whatever way. */
  hasEnded: boolean;
}

/** Nothing known. */
export const UNKNOWN_USAGE: Usage = { costUsd: null, inputTokens: null, outputTokens: null, turns: null };

/** The state before the first line. */
export const EMPTY_READING: AgentReading = {
  usage: UNKNOWN_USAGE,
  activity: '',
  error: null,
  finalText: null,
  hasEnded: false,
};

/**
 * Usage of two runs together. What is unknown in either stays unknown: a sum with a hole in it is no sum. So is a sum
 * that no ledger could be read back with: agents may claim any amount.
 */
export function addUsage(a: Usage, b: Usage): Usage {
  const add = (x: number | null, y: number | null): number | null => (x === null || y === null ? null : x + y);
  return {
    costUsd: asAmount(add(a.costUsd, b.costUsd)),
    inputTokens: asCount(add(a.inputTokens, b.inputTokens)),
    outputTokens: asCount(add(a.outputTokens, b.outputTokens)),
    turns: asCount(add(a.turns, b.turns)),
  };
}

/** Reads a JSON object from one line; `null` for anything else. */
export function parseJsonLine(line: string): Record<string, unknown> | null {
  const text = line.trim();
  if (!text.startsWith('{')) return null;
  try {
    return asRecord(JSON.parse(text));
  } catch {
    return null;
  }
}

/** `value` as an object, `null` for anything else. */
export function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/** `value` as a string, `null` for anything else. */
export function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** `value` as a finite amount that is not negative, `null` for anything else. */
export function asAmount(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

/** As {@link asAmount}, for whole numbers. */
export function asCount(value: unknown): number | null {
  const amount = asAmount(value);
  return amount !== null && Number.isSafeInteger(amount) ? amount : null;
}
