/** Where a person finds what a failed command printed. */
import { showCommand } from '../../core/report/shell-words.ts';
import type { WorkRoom } from './work-room.ts';

/** A sentence with the command that prints the log of this room's task. */
export function logHint({ key }: Pick<WorkRoom, 'key'>): string {
  return `See ${showCommand(['espalier', 'logs', key.task, '--plan', key.plan])}`;
}
