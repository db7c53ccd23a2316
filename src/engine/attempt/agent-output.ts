/** Follows an agent's output while it runs: usage, signs of life, its last message, the end of what it printed. */
import { EMPTY_READING, type AgentReading } from '../../core/agents/agent-reading.ts';
import type { AgentCall } from '../../core/agents/describe-agent.ts';
import { NO_REST, splitLines } from '../../core/agents/line-splitter.ts';
import { openOutputTail } from './output-tail.ts';
import type { WorkRoom } from './work-room.ts';

// A tool's whole output can be one line of a preset's stream.
const MAX_LINE = 8 * 1024 * 1024;

export interface AgentOutput {
  onText: (text: string) => void;
  onErrorText: (text: string) => void;
  /** The reading of all that came, a last line without an end included. */
  finish(): AgentReading;
  /** The end of both streams. */
  tail(): string;
}

/** Begins with nothing read. */
export function followAgentOutput(room: WorkRoom, call: AgentCall): AgentOutput {
  let reading = EMPTY_READING;
  let rest = NO_REST;
  const tail = openOutputTail(room.secrets);
  const readLines = (text: string, readLine: (reading: AgentReading, line: string) => AgentReading): void => {
    const split = splitLines(rest, text, MAX_LINE);
    rest = split.rest;
    for (const line of split.lines) reading = readLine(reading, line);
  };
  return {
    onText(text) {
      tail.push(text);
      if (call.reader.kind === 'text') reading = call.reader.readText(reading, text);
      else readLines(text, call.reader.readLine);
      room.progress.noteActivity(reading.activity, reading.usage.costUsd);
    },
    onErrorText: (text) => tail.push(text),
    finish() {
      if (rest.partial !== '' && call.reader.kind === 'lines') reading = call.reader.readLine(reading, rest.partial);
      rest = NO_REST;
      return reading;
    },
    tail: () => tail.read(),
  };
}

/** True for errors of a model's service that time may heal. */
export function isServiceTrouble(error: string | null): boolean {
  return (
    error !== null &&
    /\b(?:429|500|502|503|504|529)\b|overloaded|rate.?limit|usage limit|ECONN|ETIMEDOUT|EAI_AGAIN|network error/i.test(
      error,
    )
  );
}
