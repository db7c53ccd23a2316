/** Which test files begin first: those that take long or wait much, so that short ones fill the end. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders of `tests/` that begin in this order within their project, before all others. */
const FIRST = ['e2e/', 'engine/', 'entrypoints/', 'adapters/sandbox/', 'adapters/git/', 'adapters/'];

function rankOf({ moduleId, project }: TestSpecification): number {
  const rank = FIRST.findIndex((folder) => moduleId.includes(`/tests/${folder}`));
  // A worker is handed on only between neighbours of one project, so that the projects are not mixed.
  return (project.config.isolate ? 0 : FIRST.length + 1) + (rank === -1 ? FIRST.length : rank);
}

/** By project and folder, and within each as Vitest has it: what failed before, then what is long. */
export class TestOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}
