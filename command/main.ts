/** The program: runs the command that the process was started with. */
import { processIo } from './io.ts';
import { main } from './run.ts';
import { whenUnwritable } from './unwritable.ts';

const argv = process.argv.slice(2);
whenUnwritable(process, argv);
process.exitCode = await main(argv, processIo());
