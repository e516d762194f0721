/** One request and one answer over one connection. */
import { type ClientRequest, type IncomingMessage, type RequestOptions, request as send } from 'node:http';
import { Body } from './body.ts';
import { HttpFailure } from './failure.ts';
import { faultOf, type Peer } from './faults.ts';

/** One exchange with its bookkeeping; a class, for it is all state. */
export class Exchange {
  /** Resolves with the head of the answer; rejects with HttpFailure. */
  readonly head: Promise<IncomingMessage>;
  readonly #peer: Peer;
  readonly #request: ClientRequest;
  #quietMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heardAt = performance.now();
  #sent = false;
  #received = 0;
  #failure: HttpFailure | undefined;
  #onFailure: (failure: HttpFailure) => void = () => {};
  #response: IncomingMessage | undefined;

  /** `quietMs` is how long nothing at all may arrive; 0 for no limit. */
  constructor(options: RequestOptions, body: string | undefined, peer: Peer, quietMs: number) {
    this.#peer = peer;
    this.#quietMs = quietMs;
    this.#request = send(options);
    this.head = new Promise((done, fail) => {
      this.#onFailure = fail;
      this.#request.on('error', (error) => this.#broke(error));
      // An answer that asks for another protocol ends the connection without a word.
      this.#request.on('close', () => {
        if (this.#response === undefined) this.#broke(new Error('it closed the connection'));
      });
      // The agent hands out sockets that are connected and verified.
      this.#request.on('socket', () => {
        this.#sent = true;
        this.#heard();
        // Connecting has a limit of its own.
        this.#watchSilence();
      });
      this.#request.on('response', (response) => {
        this.#response = response;
        this.#heard();
        response.on('error', (error) => this.#broke(error));
        done(response);
      });
    });
    // Each character one byte, as in the head, with which it is sent in one piece; UTF-8 text would spoil the head.
    if (body === undefined) this.#request.end();
    else this.#request.end(Buffer.from(body).toString('latin1'), 'latin1');
  }

  /** The whole body. */
  async text(): Promise<string> {
    const response = await this.head;
    return new Promise((done, fail) => {
      if (this.#failure) return fail(this.#failure);
      this.#onFailure = fail;
      const body = new Body();
      response.on('data', (chunk: Uint8Array) => {
        this.#heard(chunk.length);
        body.add(chunk);
      });
      response.on('close', () => this.#broke(new Error('closed')));
      response.on('end', () => {
        if (!response.complete) return this.#broke(new Error('incomplete'));
        clearTimeout(this.#timer);
        done(body.text());
      });
    });
  }

  /** The body as it comes, however long it takes; `quietMs` holds from here on. Throws HttpFailure. */
  async *chunks(quietMs: number): AsyncGenerator<Uint8Array, void, undefined> {
    const response = await this.head;
    this.#quietMs = quietMs;
    this.#watchSilence();
    try {
      for await (const chunk of response) {
        this.#heard((chunk as Uint8Array).length);
        yield chunk as Uint8Array;
      }
      if (!response.complete) this.#broke(new Error('incomplete'));
    } catch (error) {
      this.#broke(error as Error);
    } finally {
      clearTimeout(this.#timer);
      this.#request.destroy();
    }
    if (this.#failure) throw this.#failure;
  }

  /** Gives the exchange up; what has happened already stands. */
  fail(failure: HttpFailure): void {
    if (this.#failure || this.#response?.complete) return;
    clearTimeout(this.#timer);
    const { kind, message, facts } = failure;
    this.#failure = new HttpFailure(kind, message, { sent: this.#sent, ...facts });
    this.#request.destroy();
    this.#onFailure(this.#failure);
  }

  #broke(error: Error): void {
    if (this.#failure || this.#response?.complete) return;
    if (error instanceof HttpFailure) this.fail(error);
    else this.fail(this.#response ? this.#cut(error) : faultOf(this.#peer, error, this.#sent));
  }

  /** The connection ended in the middle of the body. */
  #cut(cause: Error): HttpFailure {
    const length = this.#response?.headers['content-length'];
    const of = length === undefined ? '' : ` of ${length}`;
    const message = `the connection broke in the middle of the answer, after ${this.#received}${of} bytes`;
    return new HttpFailure('broken', message, { cause, sent: true });
  }

  #heard(bytes = 0): void {
    this.#received += bytes;
    this.#heardAt = performance.now();
  }

  /** `late`: what came before the time was up has been read. */
  #watchSilence(late = false): void {
    clearTimeout(this.#timer);
    if (this.#quietMs <= 0 || this.#failure) return;
    const quiet = performance.now() - this.#heardAt;
    if (quiet < this.#quietMs) {
      this.#timer = setTimeout(() => this.#watchSilence(), this.#quietMs - quiet + 1);
      return;
    }
    if (!late) {
      // A process that stood still hears of its timers before it hears of what has come meanwhile.
      this.#timer = setTimeout(() => this.#watchSilence(true), 1);
      return;
    }
    const seconds = Math.round(this.#quietMs / 100) / 10;
    const message = this.#response
      ? `nothing more came for ${seconds} s, after ${this.#received} bytes of the answer`
      : `no answer within ${seconds} s`;
    this.fail(new HttpFailure('timeout', message, { hint: 'A longer --request-timeout may help.' }));
  }
}
