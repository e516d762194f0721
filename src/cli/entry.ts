#!/usr/bin/env bun
import { main } from './main.ts';
import { processIo } from './process-io.ts';

const io = processIo();
const status = await main(process.argv.slice(2), io, process.env['CALICOCTL_ARGV0'] ?? process.argv0);
process.exitCode = status;
await io.flush();
process.exit(status);
