// Runs a program for WASI, WebAssembly's system interface, and ends with its exit code.
// usage: node wasi.js PROGRAM.wasm
'use strict';
const { readFileSync } = require('fs');
const { WASI } = require('wasi');

const wasi = new WASI({ version: 'preview1', args: [process.argv[2]], returnOnExit: true });
const program = new WebAssembly.Module(readFileSync(process.argv[2]));
const instance = new WebAssembly.Instance(program, { wasi_snapshot_preview1: wasi.wasiImport });
process.exitCode = wasi.start(instance);
