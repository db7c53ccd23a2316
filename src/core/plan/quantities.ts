/** Strict readers and writers of durations, estimates and money. Nothing is guessed: `30` alone is no duration. */
import type { Checked } from '../ids.ts';

const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 };
/** Longest timeout that makes sense, and the largest that fits a 32-bit timer. */
const MAX_DURATION_MS = 7 * 86_400_000;
/** Longest estimate: about ten years of work. */
const MAX_ESTIMATE_MINUTES = 60 * 24 * 3650;
const MAX_MONEY = 1_000_000;

/** Reads `30m`, `2h`, `90s`, `1h30m`, `2 h 30 min` as milliseconds; units in falling order, each at most once. */
export function readDuration(text: string): Checked<number> {
  const ms = sumUnits(text);
  if (ms === null) return { ok: false, because: "a duration is written as '30m', '2h', '90s' or '1h30m'" };
  if (ms <= 0) return { ok: false, because: 'a duration is more than zero' };
  if (ms > MAX_DURATION_MS) return { ok: false, because: 'a duration is at most 7 days' };
  return { ok: true, value: Math.round(ms) };
}

/** Reads `8h`, `5 min`, `1.5h`, `2 hours`, `1d` (a day of 8 hours), `1h 30m` as minutes. */
export function readEstimate(text: string): Checked<number> {
  const ms = sumUnits(text, 8 * 3_600_000);
  if (ms === null) return { ok: false, because: "an estimate is written as '8h', '5 min', '1.5h' or '1h 30m'" };
  const minutes = ms / 60_000;
  if (minutes > MAX_ESTIMATE_MINUTES) return { ok: false, because: 'an estimate is at most ten years' };
  return { ok: true, value: Math.round(minutes * 100) / 100 };
}

/** Reads `5`, `$5`, `5 USD`, `0.50` as US dollars, more than zero. */
export function readMoney(text: string): Checked<number> {
  const match = /^(?:\$ ?)?(\d{1,9}(?:\.\d{1,4})?)(?: ?(?:USD|usd|\$))?$/.exec(text.trim());
  const value = Number(match?.[1] ?? Number.NaN);
  if (!Number.isFinite(value)) return { ok: false, because: "money is in US dollars, written as '5', '$5' or '5 USD'" };
  if (value <= 0) return { ok: false, because: 'a budget is more than zero; leave it out for none' };
  if (value > MAX_MONEY) return { ok: false, because: `a budget is at most ${MAX_MONEY} USD` };
  return { ok: true, value };
}

/** Reads a whole number in plain digits within bounds (inclusive). */
export function readWhole(text: string, least: number, most: number): Checked<number> {
  if (!/^-?\d{1,9}$/.test(text)) return { ok: false, because: `wanted a whole number from ${least} to ${most}` };
  const value = Number(text);
  if (value < least || value > most) return { ok: false, because: `wanted a whole number from ${least} to ${most}` };
  return { ok: true, value };
}

/** Writes minutes as `230 h 05 min`, `18 h`, `5 min`. */
export function formatMinutes(minutes: number): string {
  const whole = Math.round(minutes);
  const hours = Math.floor(whole / 60);
  const rest = whole % 60;
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${String(rest).padStart(2, '0')} min`;
}

const UNIT_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^d(?:ays?)?$/i, 'd'],
  [/^h(?:(?:ou)?rs?)?$/i, 'h'],
  [/^m(?:in(?:ute)?s?)?$/i, 'm'],
  [/^s(?:ec(?:ond)?s?)?$/i, 's'],
];

function sumUnits(text: string, dayMs: number = 86_400_000): number | null {
  const rest = text.trim();
  if (rest.length === 0 || rest.length > 60) return null;
  const parts = rest.match(/\d{1,9}(?:\.\d{1,3})? ?[a-z]+/gi);
  if (parts === null || parts.join('').replaceAll(' ', '') !== rest.replaceAll(' ', '')) return null;
  let sum = 0;
  let last = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    const [, digits = '', word = ''] = /^([\d.]+) ?([a-z]+)$/i.exec(part) ?? [];
    const unit = UNIT_NAMES.find(([pattern]) => pattern.test(word))?.[1];
    if (unit === undefined) return null;
    const size = UNIT_MS[unit] ?? 0;
    if (size >= last) return null;
    last = size;
    sum += Number(digits) * (unit === 'd' ? dayMs : size);
  }
  return sum;
}
