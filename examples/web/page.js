// Draws strokes, gives them to net.wasm, and shows its answer after each movement of the pen.
'use strict';

const byId = (id) => document.getElementById(id);
const paper = byId('paper'), seen = byId('seen'), bars = byId('bars');
let strokes = [];  // each a list of [x, y], in units of the paper's edge
let net = null;    // the exports of net.wasm
let pen = null;    // the pointer that draws
let isWaiting = false;

const rows = Array.from({ length: 10 }, (_, digit) => {
  const row = document.createElement('li');
  row.innerHTML = `<span>${digit}</span><span class="track"><span class="bar" style="display:block"></span></span>` +
    '<span class="percent">–</span>';
  bars.append(row);
  return { row, bar: row.querySelector('.bar'), percent: row.querySelector('.percent') };
});

/// Calls the net; returns the digit, its probabilities and the time in microseconds. Null where nothing is drawn.
function classify() {
  const positions = strokes.flatMap((stroke) => stroke.map(([x, y], i) => [x, y, i + 1 === stroke.length ? 1 : 0]));
  if (net === null || positions.length === 0) return null;
  const count = Math.min(positions.length, net.most_positions());
  const input = new Float32Array(net.memory.buffer, net.positions(), 3 * count);
  for (let i = 0; i < count; ++i) input.set(positions[i], 3 * i);
  const begin = performance.now();
  const digit = net.classify(count);
  const time = 1000 * (performance.now() - begin);
  return { digit, time, probabilities: Array.from(new Float32Array(net.memory.buffer, net.probabilities(), 10)) };
}

/// The picture that the net reads: ink of the text's colour on nothing.
function drawSeen(isEmpty) {
  const side = net.side(), ink = getComputedStyle(document.body).color.match(/\d+/g).map(Number);
  seen.width = seen.height = side;
  const image = new ImageData(side, side), pixels = new Float32Array(net.memory.buffer, net.pixels(), side * side);
  for (let i = 0; i < pixels.length; ++i) image.data.set([ink[0], ink[1], ink[2], isEmpty ? 0 : 255 * pixels[i]], 4 * i);
  seen.getContext('2d').putImageData(image, 0, 0);
}

function drawPaper() {
  const pixels = Math.round(paper.clientWidth * devicePixelRatio), context = paper.getContext('2d');
  if (paper.width !== pixels) paper.width = paper.height = pixels;
  context.clearRect(0, 0, pixels, pixels);
  context.strokeStyle = getComputedStyle(document.body).color;
  context.lineWidth = pixels / 15;
  context.lineCap = context.lineJoin = 'round';
  for (const stroke of strokes) {
    context.beginPath();
    stroke.forEach(([x, y], i) => context[i === 0 ? 'moveTo' : 'lineTo'](x * pixels, y * pixels));
    if (stroke.length === 1) context.lineTo(stroke[0][0] * pixels, stroke[0][1] * pixels);
    context.stroke();
  }
}

function show() {
  isWaiting = false;
  const answer = classify(), isEmpty = strokes.length === 0;
  document.body.classList.toggle('has_ink', !isEmpty);
  byId('clear').disabled = byId('undo').disabled = isEmpty;
  drawPaper();
  if (net !== null) drawSeen(isEmpty);
  rows.forEach(({ row, bar, percent }, digit) => {
    const probability = answer === null ? 0 : answer.probabilities[digit];
    row.classList.toggle('best', answer !== null && digit === answer.digit);
    bar.style.width = `${100 * probability}%`;
    percent.textContent = answer === null ? '–' : `${(100 * probability).toFixed(1)} %`;
  });
  byId('digit').textContent = answer === null ? '?' : answer.digit;
  document.body.dataset.answer = answer === null ? '' : JSON.stringify(answer.probabilities);
  if (answer === null) {
    byId('sentence').textContent = isEmpty ? 'Nothing drawn yet' : 'The net is loading';
    return;
  }
  const sure = answer.probabilities[answer.digit];
  byId('sentence').textContent = sure > 0.9 ? `This is a ${answer.digit}` : sure > 0.6 ? `Probably a ${answer.digit}` :
    `Perhaps a ${answer.digit}`;
}

function showSoon() {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(show);
}

function add(event) {
  const box = paper.getBoundingClientRect();
  const events = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
  for (const each of events.length > 0 ? events : [event])
    strokes.at(-1).push([(each.clientX - box.left) / box.width, (each.clientY - box.top) / box.height]);
  showSoon();
}

paper.addEventListener('pointerdown', (event) => {
  if (pen !== null || event.button !== 0) return;
  pen = event.pointerId;
  paper.setPointerCapture(pen);
  strokes.push([]);
  add(event);
});
paper.addEventListener('pointermove', (event) => {
  if (event.pointerId === pen) add(event);
});
for (const name of ['pointerup', 'pointercancel'])
  paper.addEventListener(name, (event) => {
    if (event.pointerId === pen) pen = null;
  });
byId('clear').addEventListener('click', () => {
  strokes = [];
  showSoon();
});
byId('undo').addEventListener('click', () => {
  strokes.pop();
  showSoon();
});
addEventListener('keydown', (event) => {
  if (event.key === 'Escape') byId('clear').click();
});
addEventListener('resize', showSoon);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', showSoon);

async function load() {
  const bytes = await (await fetch('net.wasm')).arrayBuffer();
  net = (await WebAssembly.instantiate(bytes, {})).instance.exports;
  byId('facts').textContent = `${(bytes.byteLength / 1000).toFixed(0)} kB of WebAssembly with all weights`;
  document.body.dataset.state = 'ready';
  showSoon();
}
show();
load().catch((error) => {
  byId('sentence').textContent = 'The net cannot be loaded';
  byId('facts').textContent = location.protocol === 'file:' ? 'Serve this folder by http: examples/web/run --serve' :
    String(error);
});
