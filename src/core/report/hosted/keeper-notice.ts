/** The one comment of somebody who came upon a plan that another keeps: who that is, and how the plan is handed over. */
import { formatDuration } from '../amounts.ts';
import { code, say } from './markdown.ts';

/** The comment, without a marker. `keeper` and `self` are logins of bots; `handOverMs` is how long a command waits. */
export function renderKeeperNotice({
  keeper,
  self,
  handOverMs,
}: {
  keeper: string;
  self: string;
  handOverMs: number;
}): string {
  return [
    say`## This plan is kept by ${code(keeper)}`.markdown,
    say`It was accepted there, and ${code(self)} leaves it alone: two would get into each other's way. If ${code(keeper)} is at work, nothing needs to be done.`
      .markdown,
    say`**To hand the plan over to ${code(self)}:** see that ${code(keeper)} does not work on this repository any more (its app is not installed, or its workflow is gone), then comment \`/espalier run\`. If that has had no answer after ${formatDuration(handOverMs)}, ${code(self)} takes the plan over and goes on from what stands in its ledger.`
      .markdown,
  ].join('\n\n');
}
