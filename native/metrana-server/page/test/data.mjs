// Logs runs to a server as a logger does, over gRPC, with the protocol's own files.
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";
import { join } from "node:path";

const protos = join(import.meta.dirname, "../../../proto");
const definition = loader.loadSync("metrana_protobuf/ingestion/v1/svc/api.proto", { includeDirs: [protos], keepCase: true, longs: String, defaults: false });
const { IngestService } = grpc.loadPackageDefinition(definition).metrana_protobuf.ingestion.v1.svc;

/** A logger of one run. */
export class Logger {
  #stream;
  #client;
  #run;
  #logger;
  #waiting = [];
  #declared = 0;

  /** Opens a run. */
  static async open(address, run, key) {
    const logger = new Logger();
    logger.#client = new IngestService(address, grpc.credentials.createInsecure());
    logger.#logger = String(1 + Math.floor(Math.random() * 2 ** 40));
    const metadata = new grpc.Metadata();
    if (key) metadata.set("authorization", `Bearer ${key}`);
    const answers = logger.#client.InitializeRunLogging({ run, create_project_if_missing: true, logger_id: logger.#logger }, metadata);
    for await (const answer of answers) if (answer.initialized_run) logger.#run = answer.initialized_run.run_id;
    logger.#stream = logger.#client.UpdateRunStream(metadata);
    logger.#stream.on("data", () => logger.#waiting.shift()?.done());
    logger.#stream.on("error", (error) => logger.#waiting.splice(0).forEach(({ fail }) => fail(error)));
    await logger.send({});
    return logger;
  }

  get id() {
    return this.#run.toString("hex");
  }

  /** Sends one message; done when the server has it. */
  send(update) {
    return new Promise((done, fail) => {
      this.#waiting.push({ done, fail });
      this.#stream.write({ run_id: this.#run, logger_id: this.#logger, ...update });
    });
  }

  /** Declares series by their metrics and gives their numbers in the same order. */
  async declare(metrics, { scale = "ML_STEP", labels = {}, ordering = "ORDERING_MODE_ABSOLUTE_ORDERED" } = {}) {
    const declarations = metrics.map((metric_name) => ({ metric_name, scale, labels, ordering, declaration_id: String(++this.#declared) }));
    await this.send({ series_declarations: declarations });
    return declarations.map(({ declaration_id }) => declaration_id);
  }

  /** Values one step apart. */
  log(series, firstStep, values, millis = Date.now()) {
    return this.send({ series: [{ series_id: series, point_batches: [{ first_step: String(firstStep), values, timestamp_millis: String(millis) }] }] });
  }

  /** One training step of many environments. */
  logEnvironments(series, rlStep, rows, episode, millis = Date.now()) {
    const rl_series = rows.map((values, environment) => ({
      series_id: series,
      environment_id: `env-${environment}`,
      rl_step_batches: [{ rl_step: String(rlStep), episode: String(episode), values, first_minor_step: "0", timestamp_millis: String(millis) }],
    }));
    return this.send({ rl_series });
  }

  /** One value for each environment whose episode has ended: its step is the episode. */
  logEpisodes(series, rlStep, episode, values, millis = Date.now()) {
    const rl_series = values.map((value, environment) => ({
      series_id: series,
      environment_id: `env-${environment}`,
      rl_step_batches: [{ rl_step: String(rlStep), values: [value], first_minor_step: String(episode), timestamp_millis: String(millis) }],
    }));
    return this.send({ rl_series });
  }

  attributes(values) {
    return this.send({ attributes: Object.entries(values).map(([path, value]) => ({ path, ...written(value) })) });
  }

  async close(message) {
    await this.send({ close_run: message ? { close_message: message } : {} });
    this.leave();
  }

  /** Goes without a word. */
  leave() {
    this.#stream.end();
    this.#client.close();
  }
}

function written(value) {
  if (typeof value === "number") return Number.isInteger(value) ? { int_value: String(value) } : { float_value: value };
  if (typeof value === "boolean") return { bool_value: value };
  if (Array.isArray(value)) return { string_set_value: { values: value } };
  return { string_value: value };
}

/** Numbers that look random and are the same each time. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
