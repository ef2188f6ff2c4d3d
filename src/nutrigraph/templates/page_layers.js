// Routes in layers: the source at the left, the target at the right, every line in a lane of its own.
// After Sugiyama, Tagawa and Toda 1981 (doi:10.1109/TSMC.1981.4308636): layers, waypoints, few crossings.

const LANE = 16; // the height that a line takes where it passes a layer
const SHELF = 20; // the room between two boxes of a layer
const FAN = 11; // the room between two lines at a box
const AISLE = [38, 190]; // least and most room between two layers

// The longest way from the source decides the layer; the target stands beyond all others. A step that would
// close a circle with those before it is turned around for the drawing.
function layersOf(routes) {
  const next = new Map();
  const steps = new Map();
  const reaches = (from, to) => from === to || [...(next.get(from) ?? [])].some((stop) => reaches(stop, to));
  for (const route of routes) {
    for (const stop of route) if (!next.has(stop)) next.set(stop, new Set());
    for (let at = 1; at < route.length; at += 1) {
      const [from, to] = [route[at - 1], route[at]];
      const key = JSON.stringify([from, to]);
      if (steps.has(key)) continue;
      const turned = reaches(to, from);
      steps.set(key, { from, to, turned });
      if (turned) next.get(to).add(from);
      else next.get(from).add(to);
    }
  }
  const depth = new Map();
  const settle = (stop, at) => {
    if ((depth.get(stop) ?? -1) >= at) return;
    depth.set(stop, at);
    for (const after of next.get(stop)) settle(after, at + 1);
  };
  if (routes.length) settle(routes[0][0], 0);
  for (const stop of next.keys()) if (!depth.has(stop)) settle(stop, 0);
  const ends = new Set(routes.map((route) => route.at(-1)));
  const last = Math.max(0, ...[...depth].filter(([stop]) => !ends.has(stop)).map(([, at]) => at)) + 1;
  for (const end of ends) depth.set(end, last);
  return { depth, steps: [...steps.values()] };
}

// Boxes and waypoints by layer; a line from layer to layer is a chain of both.
function chainsOf({ depth, steps }, size) {
  const columns = [];
  const put = (cell, at) => {
    (columns[at] ??= []).push(cell);
    return cell;
  };
  const boxes = new Map([...depth].map(([id, at]) => [id, put({ id, at, ...size(id), links: [[], []] }, at)]));
  const chains = steps.map((step) => {
    const [start, stop] = step.turned ? [step.to, step.from] : [step.from, step.to];
    const chain = [boxes.get(start)];
    for (let at = depth.get(start) + 1; at < depth.get(stop); at += 1) chain.push(put({ id: null, at, w: 0, h: LANE, links: [[], []] }, at));
    chain.push(boxes.get(stop));
    for (let at = 1; at < chain.length; at += 1) {
      chain[at - 1].links[1].push(chain[at]);
      chain[at].links[0].push(chain[at - 1]);
    }
    return { ...step, chain };
  });
  // A box is as high as its lines need to leave and arrive apart.
  for (const cell of boxes.values()) cell.h = Math.max(cell.h, Math.min(FAN * Math.max(cell.links[0].length, cell.links[1].length) + 14, 170));
  return { columns: Array.from(columns, (column) => column ?? []), boxes, chains };
}

function crossings(columns) {
  let count = 0;
  for (const column of columns) {
    const lines = column.flatMap((cell, at) => cell.links[1].map((to) => [at, to.rank]));
    for (let a = 0; a < lines.length; a += 1)
      for (let b = a + 1; b < lines.length; b += 1) if ((lines[a][0] - lines[b][0]) * (lines[a][1] - lines[b][1]) < 0) count += 1;
  }
  return count;
}

// Each layer in turn by the middle of its neighbours, to and fro; the arrangement with the fewest crossings stays.
function order(columns) {
  const rank = () => columns.forEach((column) => column.forEach((cell, at) => { cell.rank = at; }));
  rank();
  let best = { count: crossings(columns), rows: columns.map((column) => [...column]) };
  for (let turn = 0; turn < 24 && best.count; turn += 1) {
    const side = turn % 2;
    const walk = side ? [...columns.keys()].reverse() : [...columns.keys()];
    for (const at of walk) {
      for (const cell of columns[at]) {
        const ranks = cell.links[side].map((other) => other.rank);
        cell.wish = ranks.length ? ranks.reduce((sum, one) => sum + one, 0) / ranks.length : cell.rank;
      }
      columns[at].sort((a, b) => a.wish - b.wish || a.rank - b.rank);
      columns[at].forEach((cell, index) => { cell.rank = index; });
    }
    const count = crossings(columns);
    if (count < best.count) best = { count, rows: columns.map((column) => [...column]) };
  }
  best.rows.forEach((column, at) => { columns[at].splice(0, Infinity, ...column); });
  rank();
}

// Heights: each cell near the middle of its neighbours, none nearer than its gap to the one above.
function stack(columns) {
  const gap = (above, below) => (above.h + below.h) / 2 + (above.id === null && below.id === null ? 2 : above.id === null || below.id === null ? 10 : SHELF);
  for (const column of columns) {
    let y = 0;
    column.forEach((cell, at) => {
      y += at ? gap(column[at - 1], cell) : 0;
      cell.y = y;
    });
    for (const cell of column) cell.y -= y / 2;
  }
  for (let turn = 0; turn < 30; turn += 1) {
    const walk = turn % 2 ? [...columns].reverse() : columns;
    for (const column of walk) {
      const wish = column.map((cell) => {
        const near = cell.links.flat().map((other) => other.y);
        return near.length ? near.reduce((sum, one) => sum + one, 0) / near.length : cell.y;
      });
      // Half from above and half from below, so that neither end is favoured.
      const down = [], up = [];
      column.forEach((cell, at) => { down[at] = at ? Math.max(wish[at], down[at - 1] + gap(column[at - 1], cell)) : wish[at]; });
      for (let at = column.length - 1; at >= 0; at -= 1)
        up[at] = at < column.length - 1 ? Math.min(wish[at], up[at + 1] - gap(column[at], column[at + 1])) : wish[at];
      column.forEach((cell, at) => { cell.y = Math.round(((down[at] + up[at]) / 2) * 100) / 100; });
    }
  }
}

// Where the lines of a box leave and arrive: fanned over its side in the order of their other ends.
function port(cell, other, side) {
  const all = [...cell.links[side]].sort((a, b) => a.y - b.y || a.rank - b.rank);
  const room = cell.h - 8;
  const at = all.indexOf(other);
  return cell.id === null || all.length < 2 ? cell.y : cell.y - room / 2 + (room * (at + 0.5)) / all.length;
}

// The whole picture: boxes with centres, lines as SVG paths that never pass behind a box.
function layOut(routes, size, { width = 800, height: tall = 0 } = {}) {
  const { columns, boxes, chains } = chainsOf(layersOf(routes), size);
  if (!columns.length) return { boxes: [], lines: [], width: 0, height: 0 };
  order(columns);
  stack(columns);
  const widths = columns.map((column) => Math.max(24, ...column.map((cell) => cell.w)));
  const free = (width - widths.reduce((sum, one) => sum + one, 0)) / Math.max(columns.length - 1, 1);
  const aisle = Math.min(Math.max(free, AISLE[0]), AISLE[1]);
  let x = 0;
  columns.forEach((column, at) => {
    for (const cell of column) [cell.x, cell.left, cell.right] = [x + widths[at] / 2, x, x + widths[at]];
    x += widths[at] + aisle;
  });
  const cells = columns.flat();
  const extent = () => [Math.min(...cells.map((cell) => cell.y - cell.h / 2)), Math.max(...cells.map((cell) => cell.y + cell.h / 2))];
  const [low, high] = extent();
  // Where there is room, the lines stand further apart.
  const stretch = Math.min(Math.max(tall / Math.max(high - low, 1), 1), 1.9);
  for (const cell of cells) cell.y *= stretch;
  const [top, foot] = extent();
  for (const cell of cells) cell.y -= top;
  const lines = chains.map(({ from, to, turned, chain }) => {
    const points = [];
    for (let at = 1; at < chain.length; at += 1) {
      const [one, two] = [chain[at - 1], chain[at]];
      const start = [one.id === null ? one.right : one.x + one.w / 2, port(one, two, 1)];
      const stop = [two.id === null ? two.left : two.x - two.w / 2, port(two, one, 0)];
      points.push({ one, start, two, stop });
    }
    return { from, to, turned, ...curve(points, turned) };
  });
  return { boxes: [...boxes.values()], lines, width: x - aisle, height: foot - top };
}

// Straight across a layer, a soft bend in the aisle between two.
function curve(points, turned) {
  const round = (number) => Math.round(number * 10) / 10;
  const HEAD = 9; // the last stretch is straight, so that the arrowhead points where the line goes
  let path = "";
  for (const { one, start, two, stop } of points) {
    const edge = one.right, wall = two.left;
    const from = one.id === null ? start : [Math.max(start[0], edge), start[1]];
    const to = two.id === null ? stop : [Math.min(stop[0], wall), stop[1]];
    const bend = (to[0] - from[0]) / 2;
    path += `${path ? "L" : "M"}${round(start[0] + (path || !turned ? 0 : HEAD))} ${round(start[1])}L${round(from[0])} ${round(from[1])}`;
    path += `C${round(from[0] + bend)} ${round(from[1])} ${round(to[0] - bend)} ${round(to[1])} ${round(to[0])} ${round(to[1])}L${round(stop[0])} ${round(stop[1])}`;
  }
  const [first, last] = [points[0].start, points.at(-1).stop];
  const middle = points[Math.floor((points.length - 1) / 2)];
  return { path, head: turned ? { x: first[0], y: first[1], angle: 180 } : { x: last[0], y: last[1], angle: 0 },
    middle: [(Math.max(middle.start[0], middle.one.right) + Math.min(middle.stop[0], middle.two.left)) / 2, (middle.start[1] + middle.stop[1]) / 2] };
}
