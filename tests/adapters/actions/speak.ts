/** A process that says what the file holds that its argument names, as a step of a job; for the tests beside it. */
import { readFileSync } from 'node:fs';
import process from 'node:process';

import { openRunnerSpeech } from '../../../src/adapters/actions/runner-speech.ts';

/** One thing that is said: the name of a method and its texts. */
export type Saying =
  | ['hide', string[]]
  | ['say' | 'summarize', string]
  | ['setOutput', string, string]
  | ['annotate', 'notice' | 'warning' | 'error', string]
  | ['log', 'debug' | 'info' | 'warn' | 'error', string, Record<string, unknown>]
  | ['group', string, string];

const speech = openRunnerSpeech({ hasSummary: process.env['GITHUB_STEP_SUMMARY'] !== undefined });
for (const saying of JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Saying[]) {
  if (saying[0] === 'hide') speech.hide(saying[1]);
  else if (saying[0] === 'setOutput') speech.setOutput(saying[1], saying[2]);
  else if (saying[0] === 'annotate') speech.annotate(saying[1], saying[2]);
  else if (saying[0] === 'log') speech.log[saying[1]](saying[2], saying[3]);
  else if (saying[0] === 'group') {
    const [, title, line] = saying;
    await speech.group(title, () => Promise.resolve(speech.say(line)));
  } else speech[saying[0]](saying[1]);
}
await speech.flush();
