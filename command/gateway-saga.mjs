#!/usr/bin/env node
// The `gateway-saga` command. In a checkout it runs the sources as they are, once their dependencies are there; in an
// installed package it runs the build. Plain JavaScript, because it runs before either is known.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => new URL(path, import.meta.url);

if (existsSync(at('main.ts'))) {
  if (!existsSync(at('../node_modules/tsx'))) {
    const setup = [fileURLToPath(at('../local/setup.mjs')), '--dependencies'];
    // Its words go to standard error: standard output is the command's alone.
    const { status } = spawnSync(process.execPath, setup, { stdio: ['ignore', 2, 2] });
    if (status !== 0) process.exit(1);
  }
  const { register } = await import('tsx/esm/api');
  register();
  await import('./main.ts');
} else {
  await import('../dist/command/main.js');
}
