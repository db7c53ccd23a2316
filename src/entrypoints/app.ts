/** The GitHub App's process: the shell with the real parts. Nothing else. */
import { openParts } from './app/open-parts.ts';
import { startProcess } from './app/start-process.ts';

await startProcess(openParts, import.meta.dirname);
