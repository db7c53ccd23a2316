/** What steps print: secrets out of it, commands to the runner taken from it. */

/** The secrets of a job. */
export interface Masker {
  add(secret: string): void;
  /** The text with `***` for each secret. */
  mask(text: string): string;
  /** Whether a text holds a secret. */
  finds(text: string): boolean;
}

/** Knows no secret yet. Lines of a secret of several lines are secrets too. */
export function createMasker(): Masker {
  const secrets = new Set<string>();
  const longestFirst = (): string[] => [...secrets].sort((one, other) => other.length - one.length);
  return {
    add(secret) {
      for (const part of [secret, ...secret.split(/\r?\n/u)]) if (part.trim().length > 0) secrets.add(part);
    },
    mask: (text) => longestFirst().reduce((masked, secret) => masked.replaceAll(secret, '***'), text),
    finds: (text) => [...secrets].some((secret) => text.includes(secret)),
  };
}

/** What a step has printed. */
export interface StepLog {
  runId: number;
  runAttempt: number;
  job: string;
  step: string;
  /** As GitHub shows it: secrets masked, commands taken out but for notes. */
  lines: string[];
  /** How many lines held a secret before it was masked. */
  maskedLines: number;
  /** What it wrote into the summary of the job, secrets masked. */
  summary: string;
}

/** One remark of a step, by `::error::` and its like. */
interface Note {
  level: 'notice' | 'warning' | 'error';
  message: string;
}

/** Reads the output of one step, line by line. */
export interface LogReader {
  readonly notes: Note[];
  read(line: string): void;
}

/** Commands that GitHub has taken out of service: they do nothing but warn. */
const RETIRED = ['set-output', 'save-state', 'set-env', 'add-path'];

/** A reader that writes into `log`, and tells `masker` of `::add-mask::`. */
export function createLogReader(log: StepLog, masker: Masker): LogReader {
  const notes: Note[] = [];
  let stopToken: string | null = null;
  const print = (line: string): void => {
    const masked = masker.mask(line);
    if (masked !== line) log.maskedLines += 1;
    log.lines.push(masked);
  };

  return {
    notes,
    read(line) {
      if (stopToken !== null) {
        if (line.trim() === `::${stopToken}::`) stopToken = null;
        else print(line);
        return;
      }
      const found = /^\s*::(?<name>[a-zA-Z-]+)(?: .*?)?::(?<text>.*)$/su.exec(line)?.groups;
      if (found === undefined) {
        print(line);
        return;
      }
      const { name = '', text = '' } = found;
      const message = unescapeText(text);
      if (name === 'stop-commands') stopToken = message;
      else if (name === 'add-mask') masker.add(message);
      else if (name === 'notice' || name === 'warning' || name === 'error') {
        notes.push({ level: name, message: masker.mask(message) });
        print(`##[${name}]${message}`);
      } else if (name === 'group' || name === 'endgroup' || name === 'debug') print(`##[${name}]${message}`);
      else if (RETIRED.includes(name))
        notes.push({ level: 'warning', message: `The command ${name} is out of service: use the environment files.` });
      else print(line);
    },
  };
}

function unescapeText(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}
