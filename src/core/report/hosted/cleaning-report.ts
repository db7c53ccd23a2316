/** What a clean-up has done, or would do, and what it keeps and why: the summary of its job. */
import type { HostedCleaning } from '../../clean/hosted-cleaning.ts';
import { shortSha } from '../amounts.ts';
import { fitDocument, tableSection, whole } from './fit-document.ts';
import { code, prose, say, table } from './markdown.ts';

/** A job's summary may have 1 MiB. */
const MAX_BYTES = 512 * 1024;
const MAX_TABLE_BYTES = 200 * 1024;

/** The summary. `failed` has the removals that the forge did not do, by branch, with its words. */
export function renderHostedCleaning(
  { remove, keep }: HostedCleaning,
  { isDryRun, failed }: { isDryRun: boolean; failed: ReadonlyMap<string, string> },
): string {
  const gone = remove.filter(({ branch }) => !failed.has(branch));
  const left = remove.filter(({ branch }) => failed.has(branch));
  const hint = isDryRun ? 'Nothing was changed: this was a dry run. The README says how to let the job remove it.' : '';
  const reasons = (items: readonly { branch: string; because: string }[]): string[] =>
    table(
      ['Branch', 'Why'],
      items.map(({ branch, because }) => [code(branch), prose(because, 300)]),
    );
  const rows = gone.map(({ branch, sha, because, to }) => [
    code(branch),
    code(shortSha(sha)),
    prose(because, 300),
    to === null ? say`` : code(to),
  ]);
  const most = MAX_TABLE_BYTES;
  return fitDocument(
    [
      whole(0, `## Branches ${isDryRun ? 'that would be removed' : 'removed'}: ${gone.length}`),
      whole(0, hint),
      tableSection(1, { head: '', lines: table(['Branch', 'At', 'Why', 'Kept as'], rows), most }),
      tableSection(1, {
        head: '### Could not be removed',
        lines: reasons(left.map(({ branch }) => ({ branch, because: failed.get(branch) ?? '' }))),
        most,
      }),
      tableSection(2, { head: '### Kept', lines: reasons(keep), most }),
    ],
    MAX_BYTES,
  );
}
