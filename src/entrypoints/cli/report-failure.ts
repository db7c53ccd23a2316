/** How an invocation that could not do its work says so. */
import { exitCodeOf } from '../../core/report/exit-codes.ts';
import { line, paragraph, type Row, span } from '../../core/report/spans.ts';
import { isDiskFull } from '../../engine/attempt/failure.ts';
import { CliError } from './cli-error.ts';
import type { Session } from './session.ts';

/** Prints what was thrown and sets the exit code. A stack trace only with `isDebug`. */
export function reportFailure(session: Session, error: unknown, isDebug: boolean): void {
  const { err } = session;
  if (error instanceof CliError) {
    err.print([
      ...errorRows(error.message),
      ...(error.next === null ? [] : [[span('next: ', 'dim'), span(error.next)]]),
    ]);
    session.end(error.exit);
  } else if (isDiskFull(error)) {
    err.print(errorRows(`The disk is full: ${messageOf(error)}`));
    err.print([[span('next: ', 'dim'), span('make room; the same command then goes on from where it stopped')]]);
    session.end('unfit');
  } else {
    err.print(errorRows(messageOf(error)));
    err.print([line('This was not expected. The same command goes on from where it stopped.', 'dim')]);
    session.end('internal');
  }
  if (isDebug) err.print(traceRows(error));
  else if (session.exitCode === exitCodeOf('internal'))
    err.print([line('Give --debug before the command for the stack trace.', 'dim')]);
}

function errorRows(message: string): Row[] {
  const [first, ...rest] = paragraph(message, { indent: '', style: 'plain', maxLines: 60 });
  return [[span('error: ', 'bad'), ...(first ?? [])], ...rest];
}

function traceRows(error: unknown): Row[] {
  const rows: Row[] = [];
  for (let each: unknown = error, depth = 0; each !== undefined && depth < 5; depth += 1) {
    const text = each instanceof Error ? (each.stack ?? each.message) : messageOf(each);
    rows.push(...paragraph(depth === 0 ? text : `caused by ${text}`, { indent: '', style: 'dim', maxLines: 60 }));
    each = each instanceof Error ? each.cause : undefined;
  }
  return rows;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
