// Runs one program for a parent process, and ends the program when the parent ends, for whatever reason.
//
//   node guard.mjs <grace in ms> <program> [argument …]
//
// The parent has the other end of the IPC channel. The system closes that end when the parent dies, even by SIGKILL.
// The program is the guard's own child, so its process id can't be given to another program while the guard may still signal it.
// Messages to the parent: { started: pid }, { missing: reason }, { code, signal }. Messages from the parent: { signal }.
import { spawn } from 'node:child_process';

const [grace, program, ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });

function tell(message, then = () => undefined) {
  if (process.connected) process.send(message, then);
  else then();
}

let ending = false;
function end() {
  if (ending) return;
  ending = true;
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), Number(grace)).unref();
}

child.on('spawn', () => tell({ started: child.pid }));
child.on('error', (error) => {
  if (child.pid === undefined) tell({ missing: error.message }, () => process.exit(1));
});
child.on('exit', (code, signal) => tell({ code, signal }, () => process.exit(0)));
process.on('message', ({ signal }) => child.kill(signal));
process.on('disconnect', end);
process.on('SIGTERM', end);
process.on('SIGHUP', end);
// The parent handles Ctrl-C: it ends its programs in order.
process.on('SIGINT', () => undefined);
// The parent may have ended before the handlers above were installed.
if (!process.connected) end();
