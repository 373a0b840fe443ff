/*
 * metrana.h: the native Metrana logger (libmetrana_native).
 *
 * The way of a point: metrana_config_init, metrana_logger_open, metrana_logger_log_std_floats (or what logs another
 * kind of data) as often as there is something to log, metrana_logger_close, metrana_logger_free. Where the same series
 * comes again and again, metrana_logger_series names it once, and metrana_series_log_f64 and its like log to it.
 * metrana_logger_log_batch makes several calls as one. metrana_logger_list_series says where every series stands.
 *
 * VERSION. The first call is metrana_abi_version(); with an answer other than METRANA_ABI_VERSION this header does
 * not describe the library, and nothing else may be called. Some structures begin with their own size; another one
 * is refused with METRANA_STATUS_STRUCT_SIZE.
 *
 * ANSWERS. Functions that can fail return a metrana_status, METRANA_STATUS_OK being 0. Where the last argument is a
 * `metrana_error **`, it may be null; else it is set to null when the call worked, and to an owned error that says
 * more when it did not. No failure ends the process: a panic inside the library becomes METRANA_STATUS_PANICKED, and
 * the handle it happened on answers METRANA_STATUS_POISONED from then on. Only memory that the system does not give ends
 * it: `queue_bytes` should be less than the process may have.
 *
 * POINTERS. No pointer may be null unless its description says so; one that is answers METRANA_STATUS_NULL_POINTER
 * (functions without a status answer as described there). A column of length 0 may be null. A pointer that is not
 * aligned for its type, and a length that no memory can have, are refused. That memory is really there cannot be
 * checked: a pointer to something else, a freed handle, or a column that another thread writes to during the call
 * is undefined behaviour.
 *
 * OWNERSHIP. What comes through an `out` argument (or as an error) belongs to the caller and is freed by the function
 * of its type that ends in _free, once; all of these take null and do nothing with it. What is `const *` is borrowed:
 * arguments for the length of the call (nothing the caller passes in is kept), results until the handle they came
 * from is freed.
 *
 * THREADS. Every function may be called from any thread, and on one handle from several at once. The one exception
 * is _free: no other call on the handle may be under way or follow. The library never calls back; what it has to tell
 * lies in a metrana_events queue. Its few background threads serve all loggers of the process. A forked child does not
 * have them: once its parent has opened a logger, a child's calls answer METRANA_STATUS_FORKED and change nothing.
 *
 * WAITING. Opening, flushing and closing wait for the service. To go on meanwhile, begin them with the function of the
 * same name that ends in _begin: it returns at once, the operation runs on a thread of the library, and its end is an
 * event that carries the caller's token. Calls that log wait only while the queue is full.
 *
 * UNITS. Text is UTF-8 with a length and no zero byte at its end. Timeouts are seconds as a double: a negative
 * one means that there is no limit, or what the description says; one that is not a number is refused; everything
 * above 1e9 counts as 1e9. Timestamps are milliseconds since 1970. Sizes are bytes. Enumerations cross as int32_t.
 */


#ifndef METRANA_H
#define METRANA_H

/* Made from native/metrana-capi/src by cbindgen. To change it, change that and run
   METRANA_UPDATE_HEADER=1 cargo test -p metrana-capi --test header */

#include <stddef.h>
#include <stdint.h>

/// The number of the interface that this header describes. It changes with every change that a program built
/// against the older header would notice.
#define METRANA_ABI_VERSION 6

/// How a call ended. The numbers never change and are never used again for something else.
///
/// Bands: 1 to 99 the boundary (the arguments, or a defect in this library), 100 to 199 opening, 200 to 299 logging,
/// 300 to 399 delivery, 400 to 499 closing, 500 to 599 the event queue.
enum metrana_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// The call did what it says.
    METRANA_STATUS_OK = 0,
    /// A pointer that has to be there was null, or a null pointer came with a length.
    METRANA_STATUS_NULL_POINTER = 1,
    /// A length is more than memory can be.
    METRANA_STATUS_INVALID_LENGTH = 2,
    /// A pointer is not aligned for its type.
    METRANA_STATUS_MISALIGNED = 3,
    /// A text is not UTF-8.
    METRANA_STATUS_INVALID_UTF8 = 4,
    /// A number names no value of its enumeration.
    METRANA_STATUS_INVALID_ENUM = 5,
    /// A structure has another size than this library knows: header and library do not belong together.
    METRANA_STATUS_STRUCT_SIZE = 6,
    /// A duration is not a number, or is negative where that means nothing.
    METRANA_STATUS_INVALID_DURATION = 7,
    /// A reserved part of a structure is not 0.
    METRANA_STATUS_RESERVED = 8,
    /// The library panicked inside this call. The process is unharmed; the handle refuses every further call.
    METRANA_STATUS_PANICKED = 10,
    /// An earlier call on this handle panicked, so it refuses everything. Freeing it works.
    METRANA_STATUS_POISONED = 11,
    /// The configuration cannot work; the message lists every problem.
    METRANA_STATUS_INVALID_CONFIG = 100,
    /// The ingestion service could not be reached.
    METRANA_STATUS_CONNECT_FAILED = 101,
    /// The ingestion service refused to open the run; the error has the gRPC code.
    METRANA_STATUS_INIT_REFUSED = 102,
    /// The run could not be opened within `init_timeout`.
    METRANA_STATUS_INIT_TIMEOUT = 103,
    /// The operating system gives this process, or its container, no further thread.
    METRANA_STATUS_NO_THREAD = 104,
    /// The process is a fork of one that opened a logger, and no thread lives through a fork. Open loggers after the fork, or
    /// start the child with exec.
    METRANA_STATUS_FORKED = 105,
    /// The run is there already and is not known to belong to this job.
    METRANA_STATUS_RUN_ALREADY_EXISTS = 110,
    /// The run is there already and belongs to another job.
    METRANA_STATUS_ORCHESTRATION_ID_MISMATCH = 111,
    /// The logger is closed, or was closed while the call waited for room. Nothing was logged.
    METRANA_STATUS_LOGGER_CLOSED = 200,
    /// The queue stayed full for `enqueue_timeout`. Nothing was logged.
    METRANA_STATUS_QUEUE_FULL = 201,
    /// The call breaks a rule that the message names. Nothing was logged and nothing changed.
    METRANA_STATUS_VALIDATION = 210,
    /// Delivery failed for good and the logger takes no more; the message says why.
    METRANA_STATUS_SENDER_STOPPED = 300,
    /// Errors were collected since the last look, and `METRANA_ERROR_STRATEGY_RAISE_ON_LOG` raises them now. Nothing
    /// was logged by this call; it may be repeated.
    METRANA_STATUS_SENDER_ERRORS = 301,
    /// Not everything was acknowledged within the timeout of the flush. Nothing is lost; the logger goes on.
    METRANA_STATUS_FLUSH_TIMEOUT = 302,
    /// Everything that the flush waited for has found its end, but some of what was logged since the last flush is lost. The
    /// message says how much, and why.
    METRANA_STATUS_FLUSH_UNDELIVERED = 303,
    /// Not everything was acknowledged within the timeout of the close; what was left is lost and counted.
    METRANA_STATUS_CLOSE_TIMEOUT = 400,
    /// The logger is closed, but something that it had accepted was lost before.
    METRANA_STATUS_CLOSE_UNDELIVERED = 401,
    /// The logger is closed; errors were collected, and `METRANA_ERROR_STRATEGY_RAISE_ON_CLOSE` raises them now.
    METRANA_STATUS_CLOSE_ERRORS = 402,
    /// No event came within the timeout.
    METRANA_STATUS_EVENT_TIMEOUT = 500,
    /// The event queue is closed and empty; no event will come.
    METRANA_STATUS_EVENTS_CLOSED = 501,
    /// The operation was cancelled.
    METRANA_STATUS_CANCELLED = 502,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_status metrana_status;
#else
typedef int32_t metrana_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// The structures whose layout both sides have to agree on.
enum metrana_struct
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// `metrana_str`
    METRANA_STRUCT_STR = 0,
    /// `metrana_bytes`
    METRANA_STRUCT_BYTES = 1,
    /// `metrana_label`
    METRANA_STRUCT_LABEL = 2,
    /// `metrana_config`
    METRANA_STRUCT_CONFIG = 3,
    /// `metrana_std_floats`
    METRANA_STRUCT_STD_FLOATS = 4,
    /// `metrana_kind_counters`
    METRANA_STRUCT_KIND_COUNTERS = 5,
    /// `metrana_counters`
    METRANA_STRUCT_COUNTERS = 6,
    /// `metrana_run_info`
    METRANA_STRUCT_RUN_INFO = 7,
    /// `metrana_aggregation_rule`
    METRANA_STRUCT_AGGREGATION_RULE = 8,
    /// `metrana_rl_floats`
    METRANA_STRUCT_RL_FLOATS = 9,
    /// `metrana_histogram`
    METRANA_STRUCT_HISTOGRAM = 10,
    /// `metrana_histograms`
    METRANA_STRUCT_HISTOGRAMS = 11,
    /// `metrana_scatter`
    METRANA_STRUCT_SCATTER = 12,
    /// `metrana_scatters`
    METRANA_STRUCT_SCATTERS = 13,
    /// `metrana_series`
    METRANA_STRUCT_SERIES = 14,
    /// `metrana_series_name`
    METRANA_STRUCT_SERIES_NAME = 15,
    /// `metrana_timestamps`
    METRANA_STRUCT_TIMESTAMPS = 16,
    /// `metrana_piece`
    METRANA_STRUCT_PIECE = 17,
    /// `metrana_series_state`
    METRANA_STRUCT_SERIES_STATE = 18,
    /// `metrana_environment_state`
    METRANA_STRUCT_ENVIRONMENT_STATE = 19,
    /// `metrana_field`
    METRANA_STRUCT_FIELD = 20,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_struct metrana_struct;
#else
typedef int32_t metrana_struct;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What to do about a run of this name that is there already.
enum metrana_resume
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Open it only when it belongs to this job (the orchestration id says so). The default.
    METRANA_RESUME_NEVER = 0,
    /// Open it whosever it is.
    METRANA_RESUME_ALLOW = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_resume metrana_resume;
#else
typedef int32_t metrana_resume;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What a log call does while the queue is full.
enum metrana_backpressure
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Wait for room, however long. The default.
    METRANA_BACKPRESSURE_BLOCK = 0,
    /// Wait for `enqueue_timeout`, then leave the call's data out, answer `METRANA_STATUS_OK`, and count it as refused.
    METRANA_BACKPRESSURE_DROP_NEW = 1,
    /// Wait for `enqueue_timeout`, then answer `METRANA_STATUS_QUEUE_FULL`.
    METRANA_BACKPRESSURE_RAISE = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_backpressure metrana_backpressure;
#else
typedef int32_t metrana_backpressure;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What a final delivery failure means.
enum metrana_delivery_policy
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// The logger stops: every later call answers `METRANA_STATUS_SENDER_STOPPED`. The default.
    METRANA_DELIVERY_POLICY_STOP_ON_LOSS = 0,
    /// The data is dropped, counted and reported, and logging goes on.
    METRANA_DELIVERY_POLICY_TOLERATE_LOSS = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_delivery_policy metrana_delivery_policy;
#else
typedef int32_t metrana_delivery_policy;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// How errors surface that did not stop the logger. `metrana_logger_take_errors` hands them out in any case.
enum metrana_error_strategy
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// In no other way.
    METRANA_ERROR_STRATEGY_SILENT = 0,
    /// Also as an event. The default.
    METRANA_ERROR_STRATEGY_WARN = 1,
    /// The next log call answers `METRANA_STATUS_SENDER_ERRORS`.
    METRANA_ERROR_STRATEGY_RAISE_ON_LOG = 2,
    /// Close answers `METRANA_STATUS_CLOSE_ERRORS`.
    METRANA_ERROR_STRATEGY_RAISE_ON_CLOSE = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_error_strategy metrana_error_strategy;
#else
typedef int32_t metrana_error_strategy;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// How urgent a line is. A larger number is less urgent.
enum metrana_log_level
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// No lines at all.
    METRANA_LOG_LEVEL_OFF = 0,
    /// Something was lost or will not work.
    METRANA_LOG_LEVEL_ERROR = 1,
    /// Something needs a look. The default.
    METRANA_LOG_LEVEL_WARN = 2,
    /// What happened.
    METRANA_LOG_LEVEL_INFO = 3,
    /// How it happened.
    METRANA_LOG_LEVEL_DEBUG = 4,
    /// Everything.
    METRANA_LOG_LEVEL_TRACE = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_log_level metrana_log_level;
#else
typedef int32_t metrana_log_level;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What an event is about.
enum metrana_event_type
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// A line for the host's log.
    METRANA_EVENT_TYPE_LOG = 1,
    /// The end of an operation that was begun by a function whose name ends in `_begin`.
    METRANA_EVENT_TYPE_COMPLETION = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_event_type metrana_event_type;
#else
typedef int32_t metrana_event_type;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// Which line it is that an event brings. The numbers stay.
enum metrana_line
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// A try to open the run failed; there will be another. Fields: `endpoint`, `reason`, `grpc_code`, `attempt`, `retry_seconds`.
    METRANA_LINE_OPENING_FAILED = 10,
    /// The service has not answered yet. Fields: `endpoint`.
    METRANA_LINE_OPENING_UNANSWERED = 11,
    /// The stream to the service broke, and there will be another. Fields: `reason`, `grpc_code`, `tries`, `retry_seconds`,
    /// `held_back`.
    METRANA_LINE_DELIVERY_INTERRUPTED = 20,
    /// The service takes data again. Fields: `outage_seconds`, `tries`.
    METRANA_LINE_DELIVERY_RESUMED = 21,
    /// Something that was accepted is lost. Fields: `reason`, `grpc_code`, `held_back`.
    METRANA_LINE_DATA_LOST = 22,
    /// The logger takes nothing more. Fields: `reason`, `grpc_code`.
    METRANA_LINE_LOGGER_STOPPED = 30,
    /// A call panicked, and what was not under way is lost. Fields: `lost`.
    METRANA_LINE_LOGGER_PANICKED = 31,
    /// Log calls wait for room. Fields: `queue_bytes`, `waits`.
    METRANA_LINE_QUEUE_FULL = 40,
    /// Steps of a call did not grow. Fields: `metric`, `scale`, `count`; of ordinary series `largest_incoming` and `last_step`, of
    /// those of reinforcement learning `rl_step`.
    METRANA_LINE_STEPS_DID_NOT_GROW = 50,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_line metrana_line;
#else
typedef int32_t metrana_line;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What the value of a field is.
enum metrana_field_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// A text.
    METRANA_FIELD_KIND_TEXT = 0,
    /// A whole number.
    METRANA_FIELD_KIND_INT = 1,
    /// A number.
    METRANA_FIELD_KIND_FLOAT = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_field_kind metrana_field_kind;
#else
typedef int32_t metrana_field_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What a series holds.
enum metrana_values
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// The service did not say, and nothing was logged.
    METRANA_VALUES_UNKNOWN = 0,
    /// Numbers.
    METRANA_VALUES_FLOATS = 1,
    /// Histograms of counts.
    METRANA_VALUES_HISTOGRAMS = 2,
    /// Histograms of densities.
    METRANA_VALUES_DENSITY_HISTOGRAMS = 3,
    /// Sets of points in two dimensions.
    METRANA_VALUES_SCATTERS = 4,
    /// Sets of points in three dimensions.
    METRANA_VALUES_SCATTERS3D = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_values metrana_values;
#else
typedef int32_t metrana_values;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What a column of values is made of.
enum metrana_dtype
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// `double`.
    METRANA_DTYPE_FLOAT64 = 0,
    /// `float`, stored at its own precision.
    METRANA_DTYPE_FLOAT32 = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_dtype metrana_dtype;
#else
typedef int32_t metrana_dtype;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// Where the steps of a column come from.
enum metrana_steps_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// On from the last step of the series, from 0 on a new one.
    METRANA_STEPS_KIND_AUTO = 0,
    /// `first_step`, and one more for each value.
    METRANA_STEPS_KIND_FROM = 1,
    /// One for each value, in `steps`.
    METRANA_STEPS_KIND_EACH = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_steps_kind metrana_steps_kind;
#else
typedef int32_t metrana_steps_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// Where the timestamps of a column come from.
enum metrana_timestamps_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// The clock, once for the call.
    METRANA_TIMESTAMPS_KIND_NOW = 0,
    /// `timestamp_millis`, for all of them.
    METRANA_TIMESTAMPS_KIND_AT = 1,
    /// One for each value, in `timestamps_millis`.
    METRANA_TIMESTAMPS_KIND_EACH = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_timestamps_kind metrana_timestamps_kind;
#else
typedef int32_t metrana_timestamps_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// How something is given that the points of a grid of environments have.
enum metrana_spread
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Not at all.
    METRANA_SPREAD_NONE = 0,
    /// Once, for all of them.
    METRANA_SPREAD_UNIFORM = 1,
    /// In a column with one for each environment.
    METRANA_SPREAD_PER_ENVIRONMENT = 2,
    /// In a column with one for each value.
    METRANA_SPREAD_GRID = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_spread metrana_spread;
#else
typedef int32_t metrana_spread;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// How the environment steps of a reinforcement-learning series count. The first call decides it for good, for each
/// environment of the series.
enum metrana_step_strategy
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// From 0 within each step of the training and each episode; the service adds the steps of those before.
    METRANA_STEP_STRATEGY_WITHIN_RL_STEP = 0,
    /// The same, and the first step of an episode counts as 1. Needs episodes, and order.
    METRANA_STEP_STRATEGY_FROM_ONE = 1,
    /// The steps that are given go on over the steps of the training. Needs given steps, and order.
    METRANA_STEP_STRATEGY_ACROSS_RL_STEPS = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_step_strategy metrana_step_strategy;
#else
typedef int32_t metrana_step_strategy;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// The two kinds of float series.
enum metrana_world
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Ordinary ones.
    METRANA_WORLD_STD = 0,
    /// Those of reinforcement learning.
    METRANA_WORLD_RL = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_world metrana_world;
#else
typedef int32_t metrana_world;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What attributes belong to.
enum metrana_target
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// The run, below a prefix. Numbers have to be finite.
    METRANA_TARGET_RUN = 0,
    /// The run's configuration: below `config`. A number that is not finite becomes a path without a value.
    METRANA_TARGET_CONFIG = 1,
    /// An environment, or one episode in it. Numbers have to be finite.
    METRANA_TARGET_ENVIRONMENT = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_target metrana_target;
#else
typedef int32_t metrana_target;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What a node of a tree of attribute values is: its first byte. Numbers behind it are little-endian, and a text is its
/// length in bytes as 4 bytes, and then its UTF-8.
///
/// A tree is one node. The nodes of a map or a list stand right behind it, each with all that belongs to it before the
/// next. Maps and lists lie in each other 128 deep at most.
enum metrana_node
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// No value. Nothing follows.
    METRANA_NODE_NULL = 0,
    /// Nothing follows.
    METRANA_NODE_FALSE = 1,
    /// Nothing follows.
    METRANA_NODE_TRUE = 2,
    /// A whole number: 8 bytes, two's complement.
    METRANA_NODE_INT = 3,
    /// A number: 8 bytes, as a `double` is.
    METRANA_NODE_FLOAT = 4,
    /// A text follows.
    METRANA_NODE_TEXT = 5,
    /// A moment: 8 bytes, milliseconds since 1970, two's complement.
    METRANA_NODE_TIME = 6,
    /// How many entries as 4 bytes; then for each of them the text of its key and the node of its value.
    METRANA_NODE_MAP = 7,
    /// How many elements as 4 bytes; then the node of each of them.
    METRANA_NODE_LIST = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_node metrana_node;
#else
typedef int32_t metrana_node;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// How an aggregation rule brings values together.
enum metrana_aggregation_function
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Their mean.
    METRANA_AGGREGATION_FUNCTION_MEAN = 1,
    /// The greatest.
    METRANA_AGGREGATION_FUNCTION_MAX = 2,
    /// Their sum.
    METRANA_AGGREGATION_FUNCTION_SUM = 3,
    /// The least.
    METRANA_AGGREGATION_FUNCTION_MIN = 4,
    /// Their standard deviation.
    METRANA_AGGREGATION_FUNCTION_STD_DEV = 5,
    /// How many there are.
    METRANA_AGGREGATION_FUNCTION_COUNT = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum metrana_aggregation_function metrana_aggregation_function;
#else
typedef int32_t metrana_aggregation_function;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// The environments of a logger at one moment. Owned by the caller; it never changes and outlives its logger.
typedef struct metrana_environment_list metrana_environment_list;

/// What went wrong in one call, or in the background: a status, the gRPC code of the service where that was the
/// cause, and a message for a person.
///
/// An error never changes, so any thread may read it at any time. A `metrana_error *` is owned by the caller and has
/// to be freed; a `const metrana_error *` is borrowed.
typedef struct metrana_error metrana_error;

/// The errors that a logger collected in the background, oldest first. Owned by the caller.
typedef struct metrana_error_list metrana_error_list;

/// One event, owned by whoever read it. It never changes, but for the logger that may be taken out of it.
typedef struct metrana_event metrana_event;

/// A bounded queue of events, which one or more loggers write to and the host reads.
///
/// Any number of threads may read, close and open loggers on it at the same time. A host that does not read loses
/// the oldest lines, and nothing else: completions are kept until they are read.
typedef struct metrana_events metrana_events;

/// A logger with an open run. Any number of threads may use it at the same time.
typedef struct metrana_logger metrana_logger;

/// The series of a logger at one moment. Owned by the caller; it never changes and outlives its logger.
typedef struct metrana_series_list metrana_series_list;

/// UTF-8 text of `len` bytes, not terminated by a zero byte.
///
/// Where a text is optional, a null `ptr` means that it is absent, and a `ptr` that is not null with a `len` of 0
/// is an empty text. Where a text is required, a null `ptr` with a `len` of 0 is an empty text, too.
///
/// As an argument it is borrowed for the call only. As a result it is borrowed from the handle it was asked of, and
/// ends with it.
typedef struct {
    /// The first byte.
    const uint8_t *ptr;
    /// The number of bytes.
    size_t len;
} metrana_str;

/// What a line says in one word: a name and a value. The texts are borrowed from the event.
typedef struct {
    /// What it is called, such as `retry_seconds`; in lower case with underscores.
    metrana_str name;
    /// A `metrana_field_kind`, which says which of the next three holds the value.
    int32_t kind;
    /// 0.
    int32_t reserved;
    /// A text.
    metrana_str text;
    /// A whole number.
    int64_t integer;
    /// A number. Times are in seconds, and the name says so.
    double number;
} metrana_field;

/// What the service is to make of the series of a run on its own: series of one scale brought together into series of
/// another.
typedef struct {
    /// Optional: which metric. Absent: every metric of the scale.
    metrana_str metric_name;
    /// The scale of what goes in.
    metrana_str source_scale;
    /// The scale of what comes out.
    metrana_str output_scale;
    /// `function_count` numbers of `metrana_aggregation_function`.
    const int32_t *functions;
    /// How many functions.
    size_t function_count;
    /// The keys of `label_count` labels that are lost on the way; null when there are none.
    const metrana_str *labels;
    /// How many keys.
    size_t label_count;
    /// Optional: the name of what comes out.
    metrana_str output_metric_name;
    /// Optional: what is put behind the name of what comes out.
    metrana_str output_name_suffix;
} metrana_aggregation_rule;

/// The settings of a logger. Set `struct_size`, call `metrana_config_init`, and then change what is to differ from
/// the defaults.
///
/// Everything that it points to is borrowed for the call that opens the logger only. Durations are in seconds and
/// not negative, unless it says otherwise; everything above 1e9 seconds counts as that.
typedef struct {
    /// `sizeof(metrana_config)`.
    size_t struct_size;
    /// Sent as `authorization: Bearer`. It is never shown in a message or an event.
    metrana_str api_key;
    /// Whose workspace.
    metrana_str workspace;
    /// Which project in it.
    metrana_str project;
    /// Which run in that.
    metrana_str run_name;
    /// Optional: `http://host:port` or `https://host:port`. Absent: the hosted service.
    metrana_str endpoint;
    /// Optional: the organization, where there are several.
    metrana_str organization;
    /// Optional: a name that groups runs.
    metrana_str experiment;
    /// Optional: the run that this one forks from.
    metrana_str parent_run_name;
    /// Optional: which job this process belongs to; processes of one job may share a run. Absent: a random one.
    metrana_str orchestration_id;
    /// Optional: certificates to trust beside the platform's, as PEM.
    metrana_str extra_ca_pem;
    /// The step of the parent run that this one forks at, when `has_fork_step` says so.
    uint64_t fork_step;
    /// The number of this logger, or 0 for a random one.
    uint64_t logger_id;
    /// For DNS, TCP, TLS and HTTP/2 together. Default 5.
    double connect_timeout;
    /// For opening the run, all tries included. Default 120.
    double init_timeout;
    /// For closing, where the call does not say. Default 120.
    double close_timeout;
    /// How often a silent connection is probed. Default 30.
    double http2_keep_alive_interval;
    /// How long a probe may stay unanswered. Default 10.
    double http2_keep_alive_timeout;
    /// How often TCP itself probes. Default 60.
    double tcp_keepalive;
    /// How long a log call waits for room. Negative, which is the default: under `METRANA_BACKPRESSURE_BLOCK` as long as it
    /// takes, else 1.
    double enqueue_timeout;
    /// How old staged data may become before it is sent. Default 1.
    double msg_max_age;
    /// How long staged data waits for company while nothing is unacknowledged. Default 0.01.
    double msg_linger;
    /// The pause after a first failed stream; each further one doubles it. Default 0.05.
    double backoff_initial;
    /// The longest such pause. Default 15.
    double backoff_max;
    /// How long acknowledgements may stall before the stream is given up; negative: for ever. Default 60.
    double ack_stall_timeout;
    /// How many bytes may be accepted and not yet acknowledged. Default 64 MiB.
    uint64_t queue_bytes;
    /// How large a message may become, in bytes. Default 1 MiB.
    uint64_t max_msg_size;
    /// How many messages may be unacknowledged. Default 30.
    uint64_t max_pending_requests;
    /// How many streams in a row may fail before delivery has failed for good; -1: as many as it takes. Default 15.
    int64_t msg_max_retries;
    /// How many warnings about steps that do not grow are told before they become debug lines. Default 32.
    uint32_t mis_step_warn_budget;
    /// A `metrana_resume`.
    int32_t resume;
    /// A `metrana_backpressure`.
    int32_t backpressure;
    /// A `metrana_delivery_policy`.
    int32_t delivery_policy;
    /// A `metrana_error_strategy`.
    int32_t error_strategy;
    /// A `metrana_log_level`: the least urgent lines that become events.
    int32_t log_level;
    /// Whether a project that is not there is made: 0 no, anything else yes. Default yes.
    uint8_t create_project_if_missing;
    /// Whether `fork_step` counts: 0 no, anything else yes. Default no.
    uint8_t has_fork_step;
    /// Has to be 0.
    uint8_t reserved[2];
    /// Where the logger tells what happens, or null when nobody listens. The queue may be freed before the logger.
    const metrana_events *events;
    /// A number of the caller's that comes back with every event of this logger.
    uint64_t event_tag;
    /// `aggregation_rule_count` rules for what the service makes of the series on its own; null when there are none.
    const metrana_aggregation_rule *aggregation_rules;
    /// How many rules.
    size_t aggregation_rule_count;
} metrana_config;

/// The books of one kind of data. In every snapshot
/// `added = refused + enqueued` and `enqueued = sent + dropped + spooled + pending`.
typedef struct {
    /// Everything that valid calls brought, whether or not there was room for it.
    uint64_t added;
    /// Turned away because the queue was full.
    uint64_t refused;
    /// Accepted into the queue.
    uint64_t enqueued;
    /// Acknowledged by the service.
    uint64_t sent;
    /// Accepted and then lost.
    uint64_t dropped;
    /// Accepted and left on disk.
    uint64_t spooled;
    /// Accepted and still under way.
    uint64_t pending;
} metrana_kind_counters;

/// A snapshot of everything that a logger counts, taken at one moment.
typedef struct {
    /// `sizeof(metrana_counters)`, set by the caller before the call.
    size_t struct_size;
    /// Points of ordinary series.
    metrana_kind_counters float_points;
    /// Points of reinforcement-learning series.
    metrana_kind_counters rl_float_points;
    /// Histograms.
    metrana_kind_counters histogram_points;
    /// Scatter sets.
    metrana_kind_counters scatter_points;
    /// Attribute leaves of the run.
    metrana_kind_counters attribute_updates;
    /// Attribute leaves of environments.
    metrana_kind_counters env_attribute_updates;
    /// Streams that were tried.
    uint64_t connection_attempts;
    /// Streams that failed.
    uint64_t send_errors;
    /// Data messages that were acknowledged.
    uint64_t requests_sent;
    /// Errors that were put into the list that `metrana_logger_take_errors` empties.
    uint64_t errors_reported;
    /// Errors that fell out of that list because it was full.
    uint64_t errors_evicted;
    /// Bytes of the acknowledged data messages.
    uint64_t bytes_sent;
    /// Bytes that were accepted and not yet acknowledged: what `queue_bytes` bounds.
    uint64_t pending_bytes;
    /// Points logged at or below the last step of their series.
    uint64_t mis_steps;
    /// Log calls that had to wait for room in the queue, those that wait now among them.
    uint64_t waits;
    /// How long all of them together waited that wait no more, in nanoseconds.
    uint64_t waited_nanos;
} metrana_counters;

/// `len` bytes of any kind, borrowed from the handle they were asked of.
typedef struct {
    /// The first byte.
    const uint8_t *ptr;
    /// The number of bytes.
    size_t len;
} metrana_bytes;

/// What is known about an open run. The texts are borrowed from the logger and end with it.
typedef struct {
    /// The service's own id of the run.
    metrana_bytes run_id;
    /// The orchestration id that the run was opened with: the configured one, or the random one.
    metrana_str orchestration_id;
    /// The number of this logger: the configured one, or the random one.
    uint64_t logger_id;
    /// 1 when opening made the run, 0 when it was there already.
    uint8_t created;
} metrana_run_info;

/// A label of a series: a key and its value. In a list, a key that comes twice counts with its last value.
typedef struct {
    /// The key, not empty.
    metrana_str key;
    /// The value.
    metrana_str value;
} metrana_label;

/// The name of a series. A series is what has the same metric, scale and labels.
typedef struct {
    /// The name of the metric, such as `train/loss`.
    metrana_str metric;
    /// What a step of the series counts, such as `ML_STEP`.
    metrana_str scale;
    /// `label_count` labels, in any order; null when there are none.
    const metrana_label *labels;
    /// At most 8 are allowed.
    size_t label_count;
} metrana_series_name;

/// When values were taken. Everything it points to is borrowed for the call only.
typedef struct {
    /// A `metrana_timestamps_kind`; in `metrana_rl_floats` a `metrana_spread`.
    int32_t kind;
    /// Has to be 0.
    int32_t reserved;
    /// Milliseconds since 1970, where they are given once.
    int64_t millis;
    /// `count` times in milliseconds since 1970, where they are given in a column.
    const int64_t *each;
    /// As many as values; in `metrana_rl_floats` as many as environments, or as values.
    size_t count;
} metrana_timestamps;

/// Values for one series: a scalar is a column of one. Everything it points to is borrowed for the call only.
typedef struct {
    /// Which series.
    metrana_series_name name;
    /// `count` values of the type that `dtype` names, aligned for it; null when there are none.
    const void *values;
    /// How many values. None at all is allowed and logs nothing.
    size_t count;
    /// A `metrana_dtype`.
    int32_t dtype;
    /// A `metrana_steps_kind`.
    int32_t steps_kind;
    /// The step of the first value, with `METRANA_STEPS_KIND_FROM`.
    uint64_t first_step;
    /// `step_count` steps, with `METRANA_STEPS_KIND_EACH`.
    const uint64_t *steps;
    /// As many as values.
    size_t step_count;
    /// When the values were taken.
    metrana_timestamps timestamps;
    /// Whether many processes log to the series: 0 no, anything else yes. Then steps come in any order, and have to be
    /// given: `METRANA_STEPS_KIND_AUTO` is refused.
    uint8_t distributed;
    /// Has to be 0.
    uint8_t reserved[7];
} metrana_std_floats;

/// Values for one series of reinforcement learning, in one environment or many: a grid with a row for each environment,
/// one row behind the other. Everything it points to is borrowed for the call only.
///
/// Episodes, environment steps and timestamps are each a `metrana_spread`: left out, given once, given for each
/// environment, or given for each value in the order of the values.
typedef struct {
    /// Which series.
    metrana_series_name name;
    /// The step of the training that all the values belong to.
    uint64_t rl_step;
    /// The names of `environment_count` environments, or null: then `environment_ids` says which. An environment that
    /// is named twice gets its rows one behind the other.
    const metrana_str *environments;
    /// `environment_count` numbers from `metrana_logger_environments`. Not looked at when there are names.
    const uint32_t *environment_ids;
    /// At least 1.
    size_t environment_count;
    /// `count` values of the type that `dtype` names, aligned for it, row by row; null when there are none.
    const void *values;
    /// How many values: as many for each environment. None at all is allowed and logs nothing.
    size_t count;
    /// A `metrana_dtype`.
    int32_t dtype;
    /// A `metrana_step_strategy`.
    int32_t strategy;
    /// A `metrana_spread`. None: the series has no episodes.
    int32_t episodes_kind;
    /// A `metrana_spread`. None: environment steps count on by themselves. Once, or for each environment: the step
    /// that each row, or its row, begins with.
    int32_t steps_kind;
    /// Whether points come in the order of their steps: 0 no, as from many processes, anything else yes. Without
    /// order, environment steps have to be given.
    uint8_t ordered;
    /// Has to be 0.
    uint8_t reserved[7];
    /// The episode, where it is given once.
    uint64_t episode;
    /// `episode_count` episodes, where they are given in a column.
    const uint64_t *episodes;
    /// As many as environments, or as values.
    size_t episode_count;
    /// The first environment step of each row, where it is given once.
    uint64_t first_step;
    /// `step_count` environment steps, where they are given in a column.
    const uint64_t *steps;
    /// As many as environments, or as values.
    size_t step_count;
    /// When the values were taken; its kind is a `metrana_spread` here. None: the time of the call.
    metrana_timestamps timestamps;
} metrana_rl_floats;

/// One histogram: bins between edges, which hold counts or densities.
typedef struct {
    /// `edge_count` edges, each larger than the one before.
    const double *edges;
    /// One more than bins, from 2 to 513.
    size_t edge_count;
    /// `bin_count` counts; null when the bins hold densities.
    const uint64_t *counts;
    /// `bin_count` densities, finite and not negative; null when the bins hold counts.
    const double *densities;
    /// How many bins.
    size_t bin_count;
    /// The least of the values that were counted, when `has_stats` says so; so for the next three.
    double min;
    /// The greatest.
    double max;
    /// Their sum.
    double sum;
    /// The sum of their squares.
    double sum_of_squares;
    /// Whether there are statistics: 0 no, anything else yes.
    uint8_t has_stats;
    /// Has to be 0.
    uint8_t reserved[7];
} metrana_histogram;

/// Histograms for one series: all of counts, or all of densities. Everything it points to is borrowed for the call only.
typedef struct {
    /// Which series.
    metrana_series_name name;
    /// `count` histograms.
    const metrana_histogram *histograms;
    /// How many. None at all is allowed and logs nothing.
    size_t count;
    /// `step_count` steps.
    const uint64_t *steps;
    /// As many as histograms.
    size_t step_count;
    /// When they were taken.
    metrana_timestamps timestamps;
} metrana_histograms;

/// One set of points in two or three dimensions: a column for each axis, all equally long.
typedef struct {
    /// `x_count` coordinates along x.
    const double *xs;
    /// `y_count` coordinates along y.
    const double *ys;
    /// `z_count` coordinates along z, in three dimensions; else not looked at.
    const double *zs;
    /// At most 32768.
    size_t x_count;
    /// As many as along x.
    size_t y_count;
    /// As many as along x, in three dimensions.
    size_t z_count;
    /// Whether there are three dimensions: 0 no, anything else yes.
    uint8_t is_3d;
    /// Has to be 0.
    uint8_t reserved[7];
} metrana_scatter;

/// Scatters for one series: all in two dimensions, or all in three. Everything it points to is borrowed for the call
/// only.
typedef struct {
    /// Which series.
    metrana_series_name name;
    /// `count` sets of points.
    const metrana_scatter *scatters;
    /// How many. None at all is allowed and logs nothing.
    size_t count;
    /// `step_count` steps.
    const uint64_t *steps;
    /// As many as sets.
    size_t step_count;
    /// When they were taken.
    metrana_timestamps timestamps;
    /// Optional: the title of the x axis. Those of a series are the last ones given.
    metrana_str x_title;
    /// Optional: of the y axis.
    metrana_str y_title;
    /// Optional: of the z axis, in three dimensions.
    metrana_str z_title;
} metrana_scatters;

/// A series of a logger, for calls that come again and again. Plain numbers, passed by value: there is nothing to free,
/// and one that outlives its logger does no harm. A call with it then answers `METRANA_STATUS_LOGGER_CLOSED`, whether the
/// logger was closed or freed, and whatever was opened since.
typedef struct {
    /// Where the logger lives.
    uint32_t slot;
    /// Which logger it is; 0 is none.
    uint32_t generation;
    /// Which of its series.
    uint32_t series;
    /// Has to be 0.
    uint32_t reserved;
} metrana_series;

/// One of several calls that are made as one: one of the three pointers says what it is, and the other two are null.
typedef struct {
    /// The series that the values go to: then the name in the call is not looked at. All zeros: the name says which. A handle of
    /// another logger is refused, and so is one beside histograms.
    metrana_series series;
    /// Values of an ordinary series.
    const metrana_std_floats *floats;
    /// Values of reinforcement learning. With a handle the environments are given by `environment_ids`.
    const metrana_rl_floats *rl_floats;
    /// Histograms.
    const metrana_histograms *histograms;
} metrana_piece;

/// What a logger knows of a series. The texts and the labels are borrowed from the list.
typedef struct {
    /// Its name; the labels in the order of their keys.
    metrana_series_name name;
    /// A `metrana_world`.
    int32_t world;
    /// A `metrana_values`.
    int32_t values;
    /// The largest step that was logged to it, or that the service told of when the run was opened; of
    /// `METRANA_WORLD_RL` the largest step of the training that this logger logged at. `has_last_step` says whether there is one.
    uint64_t last_step;
    /// The value that this logger logged there last. `has_last_value` says whether there is one: only of floats, and the service
    /// does not tell of values.
    double last_value;
    /// 1 or 0.
    uint8_t has_last_step;
    /// 1 or 0.
    uint8_t has_last_value;
    /// Whether points come in the order of their steps: 1 or 0.
    uint8_t ordered;
    /// Whether points belong to episodes: 1 or 0.
    uint8_t episodic;
    /// 0.
    uint8_t reserved[4];
} metrana_series_state;

/// How far an environment has come, over all its series. The text is borrowed from the list.
typedef struct {
    /// Its name.
    metrana_str name;
    /// The highest step of the training, when `has_rl_step` says so.
    uint64_t rl_step;
    /// The highest episode, when `has_episode` says so.
    uint64_t episode;
    /// 1 or 0.
    uint8_t has_rl_step;
    /// 1 or 0.
    uint8_t has_episode;
    /// 0.
    uint8_t reserved[6];
} metrana_environment_state;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/// The number of the interface that this library speaks. Compare it with `METRANA_ABI_VERSION` before any other
/// call: with another number, no other function may be called.
uint32_t metrana_abi_version(void);

/// How many bytes this library takes a structure for. `which` is a `metrana_struct`; the answer to any other number
/// is 0. For callers that write the structures down themselves and do not compile this header.
size_t metrana_abi_struct_size(int32_t which);

/// The version of this library, such as `0.1.0`. The text is never freed.
metrana_str metrana_version(void);

/// The status of an error: the one that the call answered which made it. Null answers `METRANA_STATUS_NULL_POINTER`.
metrana_status metrana_error_status(const metrana_error *error);

/// The gRPC status code that the service answered with, or -1 when no answer of the service caused the error.
int32_t metrana_error_grpc_code(const metrana_error *error);

/// What was wrong, with which value, and what to do about it. The text ends with the error.
metrana_str metrana_error_message(const metrana_error *error);

/// Frees an owned error. Null is allowed.
void metrana_error_free(metrana_error *error);

/// How many errors a list holds. Null holds none.
size_t metrana_error_list_len(const metrana_error_list *list);

/// The error at `index`, counted from 0, or null past the end. Borrowed: it ends with the list.
const metrana_error *metrana_error_list_get(const metrana_error_list *list, size_t index);

/// Frees a list and every error in it. Null is allowed.
void metrana_error_list_free(metrana_error_list *list);

/// Makes a queue for at most `capacity` unread lines (at least one) and any number of completions, and puts it into
/// `*out`. To be freed with `metrana_events_free`.
metrana_status metrana_events_new(size_t capacity,
                                  metrana_events **out);

/// Waits for the next event and puts it into `*out`, to be freed with `metrana_event_free`.
///
/// `timeout` is in seconds; a negative one waits until there is an event or the queue is closed. Answers
/// `METRANA_STATUS_EVENT_TIMEOUT` or `METRANA_STATUS_EVENTS_CLOSED`, with null in `*out`, when there is none. What was
/// queued before the queue was closed can still be read.
///
/// Blocks its thread: it is meant for one background thread of the host, which `metrana_events_close` wakes.
metrana_status metrana_events_next(const metrana_events *events,
                                   double timeout,
                                   metrana_event **out);

/// Cancels the operation that was begun with `token` and whose end would be an event in this queue. That end then comes soon, as
/// `METRANA_STATUS_CANCELLED`, or as the operation's own where it was quicker: an opening may still bring a logger. A token
/// that belongs to no operation, or to one that has ended, does nothing.
metrana_status metrana_events_cancel(const metrana_events *events,
                                     uint64_t token);

/// Closes a queue: it takes no more events, and every reader wakes up. Doing it twice does no harm, and neither does
/// null.
void metrana_events_close(const metrana_events *events);

/// Closes a queue and frees it. Loggers that write to it may live on; what they tell is then swallowed. A logger in an
/// event that nobody read is freed. No reader may
/// be inside `metrana_events_next`: close the queue first and join the threads that read. Null is allowed.
void metrana_events_free(metrana_events *events);

/// The text of a line; empty for a completion. It ends with the event.
metrana_str metrana_event_message(const metrana_event *event);

/// What an event is: a `metrana_event_type`, or 0 for null. Kinds that are not known here are to be skipped.
int32_t metrana_event_kind(const metrana_event *event);

/// How urgent a line is: a `metrana_log_level`; 0 for a completion.
int32_t metrana_event_level(const metrana_event *event);

/// The `event_tag` of the logger that an event comes from.
uint64_t metrana_event_tag(const metrana_event *event);

/// How many lines were lost between the one read before and this one, because the queue was full; 0 for a completion.
uint64_t metrana_event_missed(const metrana_event *event);

/// The number that the operation was begun with whose end this is; 0 for a line.
uint64_t metrana_event_token(const metrana_event *event);

/// How the operation ended whose end this is: what the function without `_begin` would have answered. For a line it is
/// `METRANA_STATUS_OK`, and null answers `METRANA_STATUS_NULL_POINTER`.
metrana_status metrana_event_status(const metrana_event *event);

/// What went wrong in the operation whose end this is, or null when nothing did. Borrowed: it ends with the event.
const metrana_error *metrana_event_error(const metrana_event *event);

/// Takes the logger out of the event that says that it is open; to be freed with `metrana_logger_free`. Null when there
/// is none, and when it was taken before. A logger that nobody takes is freed with the event.
metrana_logger *metrana_event_take_logger(const metrana_event *event);

/// Frees an event. Null is allowed.
void metrana_event_free(metrana_event *event);

/// Which line it is: a `metrana_line`; 0 for a completion and for null. Numbers that are not known here are those of a newer
/// library.
int32_t metrana_event_line(const metrana_event *event);

/// How many fields a line has; 0 for a completion and for null.
size_t metrana_event_field_count(const metrana_event *event);

/// Writes the field of a line at `index`, counted from 0, into `*out`. Answers 1, or 0 where there is none; then `*out` stays as
/// it is.
uint8_t metrana_event_field(const metrana_event *event,
                            size_t index,
                            metrana_field *out);

/// Fills a structure with the defaults. `config->struct_size` has to be set before, everything else is written over.
///
/// After it, only `api_key`, `workspace`, `project` and `run_name` have no value that makes sense.
metrana_status metrana_config_init(metrana_config *config);

/// Writes a snapshot of the counters into `*out`, whose `struct_size` has to be set. Works on a closed logger, too.
metrana_status metrana_logger_counters(const metrana_logger *logger,
                                       metrana_counters *out);

/// Writes what is known about the run into `*out`. Works on a closed logger, too.
metrana_status metrana_logger_info(const metrana_logger *logger, metrana_run_info *out);

/// Waits until everything that was logged before the call is acknowledged.
///
/// `timeout` is in seconds; a negative one waits for as long as it takes. Answers `METRANA_STATUS_FLUSH_TIMEOUT` when
/// the time is up: nothing is lost by that, and the logger goes on. Answers `METRANA_STATUS_FLUSH_UNDELIVERED` when some of
/// what was logged since the last flush is lost and the rest is delivered.
metrana_status metrana_logger_flush(const metrana_logger *logger,
                                    double timeout,
                                    metrana_error **error);

/// What the close of the run will say of it besides that it ends, in UTF-8: nothing for a run that finished, else `failed: ...`
/// or `aborted: ...`; at most 1024 bytes. The last one said before the logger is closed counts; after that it changes nothing.
metrana_status metrana_logger_set_close_message(const metrana_logger *logger,
                                                metrana_str message,
                                                metrana_error **error);

/// Takes nothing more, wakes every thread that waits for room, delivers what was accepted, and closes the run.
///
/// `timeout` is in seconds; a negative one stands for the configured `close_timeout`. The logger is closed when this
/// returns, whatever it answers; the memory is freed by `metrana_logger_free`. A second close, from any thread, gives
/// the answer of the first.
metrana_status metrana_logger_close(const metrana_logger *logger,
                                    double timeout,
                                    metrana_error **error);

/// The same as `metrana_logger_close`, but the run stays open at the service: for one process of several that log
/// into it.
metrana_status metrana_logger_shutdown(const metrana_logger *logger,
                                       double timeout,
                                       metrana_error **error);

/// Takes the errors that were collected in the background out of the logger and puts them into `*out`, as a list
/// (an empty one when there are none) to be freed with `metrana_error_list_free`. Works on a closed logger, too.
metrana_status metrana_logger_take_errors(const metrana_logger *logger,
                                          metrana_error_list **out);

/// Panics inside the logger, so that a host can test that it survives that: answers `METRANA_STATUS_PANICKED`, and from
/// then on every call on this logger answers `METRANA_STATUS_POISONED`. Other loggers do not notice.
metrana_status metrana_logger_debug_panic(const metrana_logger *logger,
                                          metrana_error **error);

/// Frees a logger. No call on it may be under way, and none may follow. Null is allowed.
///
/// Waits for nothing: what a logger that was not closed has not delivered yet is abandoned. An operation that was begun
/// on it and is under way ends at once, with an answer such as `METRANA_STATUS_LOGGER_CLOSED`.
void metrana_logger_free(metrana_logger *logger);

/// Opens a run and puts a logger for it into `*out`; to be freed with `metrana_logger_free`.
///
/// Blocks until the service has answered, at most for `init_timeout`. On anything but `METRANA_STATUS_OK`, `*out` is
/// null.
metrana_status metrana_logger_open(const metrana_config *config,
                                   metrana_logger **out,
                                   metrana_error **error);

/// Begins what `metrana_logger_open` does and returns at once. What `config` points to is copied before it returns.
///
/// The end is an event in `config->events`, which must not be null, with `token` in `metrana_event_token`, the answer in
/// `metrana_event_status`, and the logger in `metrana_event_take_logger`. There is exactly one for each call that answers
/// `METRANA_STATUS_OK`, unless the queue is closed before; it may come before this returns. There is none for a call that
/// answers something else: `METRANA_STATUS_EVENTS_CLOSED` where the queue is closed already.
///
/// `metrana_events_cancel` ends it: nothing is tried again after that.
metrana_status metrana_logger_open_begin(const metrana_config *config,
                                         uint64_t token,
                                         metrana_error **error);

/// Begins what `metrana_logger_flush` does, for what was logged before this call, and returns at once. The end is an event, as
/// with `metrana_logger_open_begin`, in the queue that the logger was opened with; a logger without one is refused as
/// `METRANA_STATUS_INVALID_CONFIG`. `metrana_events_cancel` ends the waiting, and nothing else.
metrana_status metrana_logger_flush_begin(const metrana_logger *logger,
                                          double timeout,
                                          uint64_t token,
                                          metrana_error **error);

/// Begins what `metrana_logger_close` does, or `metrana_logger_shutdown` where `close_run` is 0, and returns at once: with that
/// the logger takes nothing more. The end is an event, as with `metrana_logger_flush_begin`. `metrana_events_cancel` ends the
/// waiting; the logger closes all the same.
metrana_status metrana_logger_close_begin(const metrana_logger *logger,
                                          double timeout,
                                          uint8_t close_run,
                                          uint64_t token,
                                          metrana_error **error);

/// Logs a column of values. When it answers `METRANA_STATUS_OK` the values are copied and in the queue (or left out
/// and counted, under `METRANA_BACKPRESSURE_DROP_NEW`); with any other answer nothing was logged.
///
/// Returns at once while there is room in the queue, and then waits as the configured backpressure says. A close from
/// another thread wakes it with `METRANA_STATUS_LOGGER_CLOSED`.
metrana_status metrana_logger_log_std_floats(const metrana_logger *logger,
                                             const metrana_std_floats *floats,
                                             metrana_error **error);

/// Logs values of reinforcement learning, in one environment or many. Waits and answers like
/// `metrana_logger_log_std_floats`.
metrana_status metrana_logger_log_rl_floats(const metrana_logger *logger,
                                            const metrana_rl_floats *floats,
                                            metrana_error **error);

/// Logs histograms. Waits and answers like `metrana_logger_log_std_floats`.
metrana_status metrana_logger_log_histograms(const metrana_logger *logger,
                                             const metrana_histograms *histograms,
                                             metrana_error **error);

/// Logs scatters. Waits and answers like `metrana_logger_log_std_floats`.
metrana_status metrana_logger_log_scatters(const metrana_logger *logger,
                                           const metrana_scatters *scatters,
                                           metrana_error **error);

/// The last step of a series: the largest that was logged to it, or that the service knew of when the run was opened.
///
/// `*found` becomes 1 and `*step` the step, or both 0 when nothing is known of such a series. What was logged counts
/// at once, delivered or not.
metrana_status metrana_logger_series_last_step(const metrana_logger *logger,
                                               const metrana_series_name *name,
                                               uint64_t *step,
                                               uint8_t *found,
                                               metrana_error **error);

/// How far an environment has come, over all its series: the highest step of the training and the highest episode that
/// were logged to it, or that the service knew of when the run was opened.
///
/// `*has_rl_step` becomes 1 and `*rl_step` the step, or both 0 when there is none; so for the episode.
metrana_status metrana_logger_environment_progress(const metrana_logger *logger,
                                                   metrana_str environment,
                                                   uint64_t *rl_step,
                                                   uint8_t *has_rl_step,
                                                   uint64_t *episode,
                                                   uint8_t *has_episode,
                                                   metrana_error **error);

/// Writes attributes: values with paths, of the run, of its configuration, or of an environment.
///
/// `target` is a `metrana_target`. `name` is the prefix of the paths for `METRANA_TARGET_RUN` (it may be empty), the
/// environment for `METRANA_TARGET_ENVIRONMENT`, and not looked at for `METRANA_TARGET_CONFIG`. An environment's
/// attributes are those of one episode where `has_episode` is not 0.
///
/// `tree` is the values in `len` bytes, written as `metrana_node` says. The path of a value is made of the prefix, the
/// keys of maps and the positions in lists on the way to it, with a slash between them.
///
/// A tree that is not well-formed is refused as `METRANA_STATUS_VALIDATION`, or `METRANA_STATUS_INVALID_UTF8`, with the
/// offset in the message. Like every call, this one logs all of it or nothing.
metrana_status metrana_logger_log_attributes(const metrana_logger *logger,
                                             int32_t target,
                                             metrana_str name,
                                             uint8_t has_episode,
                                             uint64_t episode,
                                             const uint8_t *tree,
                                             size_t len,
                                             metrana_error **error);

/// Gives the run these `n` tags and no others.
metrana_status metrana_logger_set_tags(const metrana_logger *logger,
                                       const metrana_str *tags,
                                       size_t n,
                                       metrana_error **error);

/// Adds `n` tags to those of the run, and takes `m` away.
metrana_status metrana_logger_update_tags(const metrana_logger *logger,
                                          const metrana_str *added,
                                          size_t n,
                                          const metrana_str *removed,
                                          size_t m,
                                          metrana_error **error);

/// Describes the run, in place of what described it before.
metrana_status metrana_logger_set_description(const metrana_logger *logger,
                                              metrana_str description,
                                              metrana_error **error);

/// Finds a series by its name, or makes it, and puts a handle to it into `*out`. Like a first point would, this decides
/// for good what the metric holds.
///
/// `world` is a `metrana_world`. `ordered` says whether points come in the order of their steps: 0 means that many
/// processes log to the series. `episodic` says whether points belong to episodes, and counts in
/// `METRANA_WORLD_RL` only.
metrana_status metrana_logger_series(const metrana_logger *logger,
                                     int32_t world,
                                     const metrana_series_name *name,
                                     uint8_t ordered,
                                     uint8_t episodic,
                                     metrana_series *out,
                                     metrana_error **error);

/// The same for a series that is there already: nothing is made and nothing decided. Where it is not there, `*out` has
/// generation 0.
metrana_status metrana_logger_find_series(const metrana_logger *logger,
                                          int32_t world,
                                          const metrana_series_name *name,
                                          uint8_t ordered,
                                          uint8_t episodic,
                                          metrana_series *out,
                                          metrana_error **error);

/// Finds `n` environments by their names, or makes them, and writes a number for each into `ids_out`, which has room for
/// as many. The numbers mean something to this logger only.
metrana_status metrana_logger_environments(const metrana_logger *logger,
                                           const metrana_str *names,
                                           size_t n,
                                           uint32_t *ids_out,
                                           metrana_error **error);

/// Logs one value to an ordinary series, with the next step and the time of the call. The quickest way there is.
metrana_status metrana_series_log_f64(metrana_series series,
                                      double value,
                                      metrana_error **error);

/// The same as `metrana_logger_log_std_floats`, to an ordinary series that is known by a handle: `name` and
/// `distributed` are not looked at.
metrana_status metrana_series_log_std(metrana_series series,
                                      const metrana_std_floats *floats,
                                      metrana_error **error);

/// The same as `metrana_logger_log_rl_floats`, to a reinforcement-learning series that is known by a handle: `name`
/// is not looked at. Environments are given by `environment_ids`, and `environments` is null.
metrana_status metrana_series_log_rl(metrana_series series,
                                     const metrana_rl_floats *floats,
                                     metrana_error **error);

/// Makes `n` calls as one, of one kind or several: all of what they bring is logged or none of it, and an answer other than
/// `METRANA_STATUS_OK` to any of them is the answer to all. Each counts on from where those before it came to. Waits and answers
/// like `metrana_logger_log_std_floats`.
metrana_status metrana_logger_log_batch(const metrana_logger *logger,
                                        const metrana_piece *pieces,
                                        size_t n,
                                        metrana_error **error);

/// Lists every series that the logger knows, in the order in which they came: what was logged to it, delivered or not, and what
/// the service told of when the run was opened. Puts the list into `*out`, to be freed with `metrana_series_list_free`. Works on a
/// closed logger, too.
metrana_status metrana_logger_list_series(const metrana_logger *logger,
                                          metrana_series_list **out,
                                          metrana_error **error);

/// How many series a list holds. Null holds none.
size_t metrana_series_list_len(const metrana_series_list *list);

/// The series at `index`, counted from 0, or null past the end. Borrowed: it ends with the list.
const metrana_series_state *metrana_series_list_get(const metrana_series_list *list, size_t index);

/// Frees a list. Null is allowed.
void metrana_series_list_free(metrana_series_list *list);

/// Lists every environment that something was logged in, or that the service told of when the run was opened, in the order in
/// which they came. Puts the list into `*out`, to be freed with `metrana_environment_list_free`. Works on a closed logger, too.
metrana_status metrana_logger_list_environments(const metrana_logger *logger,
                                                metrana_environment_list **out,
                                                metrana_error **error);

/// How many environments a list holds. Null holds none.
size_t metrana_environment_list_len(const metrana_environment_list *list);

/// The environment at `index`, counted from 0, or null past the end. Borrowed: it ends with the list.
const metrana_environment_state *metrana_environment_list_get(const metrana_environment_list *list,
                                                              size_t index);

/// Frees a list. Null is allowed.
void metrana_environment_list_free(metrana_environment_list *list);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* METRANA_H */
