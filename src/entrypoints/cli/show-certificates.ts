/** Does `espalier certificate`. */
import { renderCertificates } from '../../core/report/certificate-report.ts';
import { CliError } from './cli-error.ts';
import { openRepository } from './open-repository.ts';
import { readTaskArgument, requireTask, selectPlan } from './select-plan.ts';
import type { Session } from './session.ts';
import type { TaskOptions } from './explain-task.ts';

/** Shows the certificate of one task, or all of a plan. */
export async function showCertificates(session: Session, text: string | null, options: TaskOptions): Promise<void> {
  const id = text === null ? null : readTaskArgument(text);
  await using repository = await openRepository(session);
  const plan = await selectPlan(session, repository, options.plan ?? null, id);
  if (id !== null) requireTask(plan, id);
  const found = plan.ledger.certificates.filter((certificate) => id === null || certificate.task === id);
  if (found.length === 0) {
    if (options.json === true) session.printJson([]);
    throw new CliError('findings', id === null ? 'Nothing has landed yet.' : `Task '${id}' has not landed.`, {
      next: id === null ? `espalier status ${plan.view.plan}` : `espalier why ${id} --plan ${plan.view.plan}`,
    });
  }
  if (options.json === true) session.printJson(found);
  else session.out.print(renderCertificates(found, { isUtf8: session.out.isUtf8 }));
}
