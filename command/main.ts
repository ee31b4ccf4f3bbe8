/** The program: runs the command that the process was started with. */
import { processIo } from './io.ts';
import { main } from './run.ts';

// A reader of the output may end early, as `head` does: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
process.exitCode = await main(process.argv.slice(2), processIo());
