/** Zooming and moving: the part of the drawing that the view box shows. */

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const STEP = 1.3;

export function startCamera(graph: SVGSVGElement): void {
  const { x, y, width, height } = graph.viewBox.baseVal;
  const whole: Box = { x, y, width, height };
  let box = whole;
  const show = (next: Box) => {
    box = next;
    // Small names are readable from near only.
    graph.classList.toggle('near', box.width < whole.width / 2);
    graph.setAttribute('viewBox', [box.x, box.y, box.width, box.height].join(' '));
  };
  /** Keeps the place under the pointer where it is. */
  const zoom = (factor: number, at: { readonly x: number; readonly y: number }) => {
    const size = Math.min(whole.width * 2, Math.max(whole.width / 60, box.width / factor));
    const scale = size / box.width;
    show({
      x: at.x - (at.x - box.x) * scale,
      y: at.y - (at.y - box.y) * scale,
      width: size,
      height: box.height * scale,
    });
  };
  const middle = () => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
  const placeOf = (event: MouseEvent) =>
    new DOMPoint(event.clientX, event.clientY).matrixTransform(graph.getScreenCTM()!.inverse());
  graph.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY / 400), placeOf(event));
    },
    { passive: false },
  );
  followDrag(graph, (dx, dy) => {
    const scale = 1 / graph.getScreenCTM()!.a;
    show({ ...box, x: box.x - dx * scale, y: box.y - dy * scale });
  });
  const commands: Readonly<Record<string, () => void>> = {
    '+': () => zoom(STEP, middle()),
    '-': () => zoom(1 / STEP, middle()),
    '0': () => show(whole),
  };
  for (const [id, key] of [
    ['in', '+'],
    ['out', '-'],
    ['fit', '0'],
  ] as const)
    document.getElementById(id)!.addEventListener('click', commands[key]!);
  document.addEventListener('keydown', (event) => {
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey) return;
    commands[event.key]?.();
  });
}

/** A click moves nothing: only what goes further than a few pixels is a drag. */
function followDrag(graph: SVGSVGElement, move: (dx: number, dy: number) => void): void {
  let last: { readonly x: number; readonly y: number } | undefined;
  graph.addEventListener('pointerdown', ({ clientX, clientY, button }) => {
    if (button === 0) last = { x: clientX, y: clientY };
  });
  graph.addEventListener('pointermove', ({ clientX, clientY, buttons, pointerId }) => {
    if (last === undefined || buttons === 0) return;
    const [dx, dy] = [clientX - last.x, clientY - last.y];
    if (!graph.classList.contains('dragged') && Math.hypot(dx, dy) < 4) return;
    if (!graph.classList.contains('dragged')) graph.setPointerCapture(pointerId);
    graph.classList.add('dragged');
    last = { x: clientX, y: clientY };
    move(dx, dy);
  });
  const end = () => {
    last = undefined;
    // The click that ends a drag is none.
    setTimeout(() => graph.classList.remove('dragged'));
  };
  graph.addEventListener('pointerup', end);
  graph.addEventListener('pointercancel', end);
}
