// Runs net.wasm under Node for test.py: reads digits as JSON lists of [x, y, lifted], prints the probabilities.
// usage: node module.js net.wasm < DIGITS
'use strict';
const { readFileSync } = require('fs');

const module_ = new WebAssembly.Module(readFileSync(process.argv[2]));
const imports = WebAssembly.Module.imports(module_);
if (imports.length > 0) throw new Error(`net.wasm imports ${imports.map((each) => each.name).join(', ')}`);
const net = new WebAssembly.Instance(module_, {}).exports;
const pages = net.memory.buffer.byteLength;
const answers = JSON.parse(readFileSync(0)).map((digit) => {
  const input = new Float32Array(net.memory.buffer, net.positions(), 3 * net.most_positions());
  digit.forEach((position, i) => input.set(position, 3 * i));
  net.classify(digit.length);
  return Array.from(new Float32Array(net.memory.buffer, net.probabilities(), 10));
});
if (net.memory.buffer.byteLength !== pages) throw new Error('the memory grew');
console.log(JSON.stringify({ memory: pages, answers }));
