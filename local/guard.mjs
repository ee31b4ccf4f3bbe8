// Runs one program for a parent and ends it when the parent is gone, however it went.
//
//   node guard.mjs <grace in ms> <program> [argument …]
//
// The parent holds the other end of the IPC channel; the system closes that when the parent dies, even by SIGKILL.
// Being the program's own parent, the guard can never end a stranger that was given the same process id later.
// To the parent it says { started: pid }, { missing: reason } or { code, signal }; from it come { signal }.
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
// Ctrl-C is the parent's to answer: it ends its parts in order.
process.on('SIGINT', () => undefined);
// The parent may have gone before anybody listened.
if (!process.connected) end();
