/** The two folders that a run and the host talk through: `in` is read-only inside, `out` is for its answers. */
import type { SandboxMount } from '../../ports/sandbox.ts';
import type { WorkRoom } from './work-room.ts';

const IN_INSIDE = '/espalier/in';
const OUT_INSIDE = '/espalier/out';
// An answer is a short text; what is longer is none.
const MAX_ANSWER_BYTES = 1024 * 1024;

export interface ExchangeFolders {
  mounts: SandboxMount[];
  /** Path of an input file or, without a name, of the folder, as the run sees it. */
  inputInside(name?: string): string;
  /** Path for an answer, as the run sees it. */
  outputInside(name: string): string;
  /** What the run left under that name; `null` if nothing that can be read. */
  readOutput(name: string): Promise<string | null>;
  remove(): Promise<void>;
}

/** Makes fresh folders and writes the input files. `name` keeps the folders of several runs in one room apart. */
export async function openExchangeFolders(
  room: WorkRoom,
  name: string,
  inputs: Readonly<Record<string, string>>,
): Promise<ExchangeFolders> {
  const { files, sandbox } = room.deps;
  const input: SandboxMount = { source: `${room.dir}/${name}-in`, target: IN_INSIDE, access: 'read-only' };
  const output: SandboxMount = { source: `${room.dir}/${name}-out`, target: OUT_INSIDE, access: 'read-write' };
  const remove = async (): Promise<void> => {
    await Promise.all([files.remove(input.source), files.remove(output.source)]);
  };
  await remove();
  await Promise.all([files.makeFolder(input.source), files.makeFolder(output.source)]);
  await Promise.all([
    ...Object.entries(inputs).map(([file, text]) => files.writeText(`${input.source}/${file}`, text)),
    sandbox.prepareWritable([output.source]),
  ]);
  return {
    mounts: [input, output],
    inputInside: (file) => (file === undefined ? sandbox.pathInside(input) : `${sandbox.pathInside(input)}/${file}`),
    outputInside: (file) => `${sandbox.pathInside(output)}/${file}`,
    readOutput: (file) => files.readText(`${output.source}/${file}`, MAX_ANSWER_BYTES),
    remove,
  };
}
