//! Update streams: one answer for each message, whatever it holds, and every message counted once.

mod common;

use metrana_proto::svc::UpdateRunRequest;
use metrana_proto::types::PointBatch;
use metrana_server::Code;
use metrana_server::store::NotKept;
use metrana_testkit::raw::RawClient;
use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint};

use common::{
    acked, batch, closing, counts, declaration, declaring, greeted, merged, message, open_run, points,
    series, start, with_points,
};

#[tokio::test]
async fn every_message_is_answered_in_order_also_an_empty_one() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut stream = RawClient::connect(server.grpc_addr()).await.update_stream().await.unwrap();
    let declared = declaring(message(&run_id, 0), &[declaration(1, "m")]);
    let messages = [
        message(&run_id, 0),
        message(&run_id, 0),
        declared,
        with_points(message(&run_id, 256), 1, batch(0, &[1.0])),
        closing(message(&run_id, 512)),
    ];
    for message in &messages {
        stream.send_message(message);
    }
    for number in 1..=messages.len() {
        assert_eq!(stream.answer().await.unwrap().unwrap().operation_id, number.to_string());
    }
    stream.end();
    assert_eq!(stream.answer().await.unwrap(), None);
    let counts = counts(&server);
    assert_eq!((counts.streams, counts.messages, counts.points), (1, 2, 1));
}

#[tokio::test]
async fn points_are_kept_as_they_came() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut stream = greeted(&server, &run_id).await;
    let declared = declaring(message(&run_id, 256), &[declaration(1, "m")]);
    let odd = [f64::from_bits(0x7ff8_0000_0000_0123), f64::NEG_INFINITY, -0.0, f64::MIN_POSITIVE / 2.0];
    let narrow = PointBatch {
        values_f32: vec![0.1, f32::MAX],
        steps: vec![7, 3],
        timestamps_millis: vec![i64::MIN, i64::MAX],
        ..PointBatch::default()
    };
    acked(&mut stream, &with_points(with_points(declared, 1, batch(u64::MAX - 3, &odd)), 1, narrow)).await;
    let points = points(&server, &run_id, "m");
    assert_eq!(points.steps, [u64::MAX - 3, u64::MAX - 2, u64::MAX - 1, u64::MAX, 7, 3]);
    assert_eq!(points.timestamps, [7, 7, 7, 7, i64::MIN, i64::MAX]);
    assert_eq!(points.widths, [64, 64, 64, 64, 32, 32]);
    let bits: Vec<u64> = points.values.iter().map(|value| value.to_bits()).collect();
    let expected: Vec<u64> =
        odd.into_iter().chain([f64::from(0.1_f32), f64::from(f32::MAX)]).map(f64::to_bits).collect();
    assert_eq!(bits, expected);
}

#[tokio::test]
async fn a_number_counts_once_for_a_session_of_a_logger() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut stream = greeted(&server, &run_id).await;
    acked(&mut stream, &declaring(message(&run_id, 0), &[declaration(1, "m")])).await;
    for (step, (logger_id, logger_session_id, sequence_number, kept)) in (0..).zip([
        (1, 1, 256, true),
        (1, 1, 256, false),
        (1, 2, 256, true),
        (2, 1, 256, true),
        (2, 1, 512, true),
        (2, 1, 256, false),
        (2, 0, 256, true),
        (2, 0, 256, false),
        (2, 1, u64::MAX, true),
        (2, 1, u64::MAX, false),
    ]) {
        let before = counts(&server);
        let data = with_points(message(&run_id, 256), 1, batch(step, &[1.0]));
        acked(&mut stream, &UpdateRunRequest { logger_id, logger_session_id, sequence_number, ..data }).await;
        let after = counts(&server);
        let new = (after.points - before.points, after.duplicate_messages - before.duplicate_messages);
        let expected = if kept { (1, 0) } else { (0, 1) };
        assert_eq!(new, expected, "{logger_id} {logger_session_id} {sequence_number}");
    }
}

#[tokio::test]
async fn a_number_counts_once_over_streams_but_for_each_run() {
    let server = start().await;
    for name in ["a", "b"] {
        let run_id = open_run(&server, name).await;
        let data = with_points(declaring(message(&run_id, 256), &[declaration(1, "m")]), 1, batch(0, &[1.0]));
        for _ in 0..3 {
            acked(&mut greeted(&server, &run_id).await, &data).await;
        }
        assert_eq!(points(&server, &run_id, "m").total, 1);
    }
    assert_eq!(counts(&server).duplicate_messages, 4);
}

#[tokio::test]
async fn messages_without_a_number_count_once_by_their_steps() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut stream = greeted(&server, &run_id).await;
    let data = with_points(declaring(message(&run_id, 0), &[declaration(1, "m")]), 1, batch(0, &[1.0]));
    for _ in 0..3 {
        acked(&mut stream, &data).await;
    }
    assert_eq!(points(&server, &run_id, "m").total, 3, "as they came");
    assert_eq!(merged(&server, &run_id, "m").total, 1);
    let counts = counts(&server);
    assert_eq!((counts.duplicate_messages, counts.points, counts.not_kept.stale_points), (0, 1, 2));
}

#[tokio::test]
async fn the_declarations_of_a_duplicate_count() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let first = with_points(declaring(message(&run_id, 256), &[declaration(1, "m")]), 1, batch(0, &[1.0]));
    acked(&mut greeted(&server, &run_id).await, &first).await;
    let mut second_stream = greeted(&server, &run_id).await;
    acked(&mut second_stream, &first).await;
    acked(&mut second_stream, &with_points(message(&run_id, 512), 1, batch(1, &[2.0]))).await;
    assert_eq!(points(&server, &run_id, "m").values, [1.0, 2.0]);
    assert_eq!(counts(&server).not_kept, NotKept::default());
}

#[tokio::test]
async fn a_stream_knows_only_what_was_declared_on_it() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    acked(&mut greeted(&server, &run_id).await, &declaring(message(&run_id, 0), &[declaration(1, "m")]))
        .await;
    let mut stream = greeted(&server, &run_id).await;
    acked(&mut stream, &with_points(message(&run_id, 256), 1, batch(0, &[1.0, 2.0]))).await;
    acked(&mut stream, &declaring(message(&run_id, 512), &[declaration(1, "other")])).await;
    acked(&mut stream, &with_points(message(&run_id, 768), 1, batch(0, &[3.0]))).await;
    assert_eq!(counts(&server).not_kept.unknown_series_points, 2);
    assert_eq!(points(&server, &run_id, "m").total, 0);
    assert_eq!(points(&server, &run_id, "other").values, [3.0]);
}

#[tokio::test]
async fn one_series_declared_by_two_loggers_under_two_numbers_is_one_series() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    for (logger_id, number) in [(1, 5), (2, 9)] {
        let data = with_points(
            declaring(message(&run_id, 256), &[declaration(number, "m")]),
            number,
            batch(0, &[1.0]),
        );
        acked(&mut greeted(&server, &run_id).await, &UpdateRunRequest { logger_id, ..data }).await;
    }
    assert_eq!(series(&server, &run_id).len(), 1);
    assert_eq!(points(&server, &run_id, "m").total, 2);
    assert_eq!(merged(&server, &run_id, "m").total, 1);
}

#[tokio::test]
async fn a_batch_that_makes_no_sense_costs_its_own_points_only() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut stream = greeted(&server, &run_id).await;
    let mut data = declaring(message(&run_id, 256), &[declaration(1, "m")]);
    data =
        with_points(data, 1, PointBatch { steps: vec![1, 2, 3], first_step: None, ..batch(0, &[1.0, 2.0]) });
    data = with_points(data, 1, batch(u64::MAX, &[1.0, 2.0]));
    acked(&mut stream, &with_points(data, 1, batch(4, &[5.0]))).await;
    assert_eq!(points(&server, &run_id, "m").values, [5.0]);
    assert_eq!(counts(&server).not_kept.malformed_points, 4);
}

#[tokio::test]
async fn messages_far_above_the_usual_limit_are_taken() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut stream = greeted(&server, &run_id).await;
    let values: Vec<f64> = (0..3_000_000).map(f64::from).collect();
    let data = with_points(declaring(message(&run_id, 256), &[declaration(1, "m")]), 1, batch(0, &values));
    acked(&mut stream, &data).await;
    assert_eq!(points(&server, &run_id, "m").values, values);
}

#[tokio::test]
async fn a_run_that_does_not_exist_is_not_found() {
    let server = start().await;
    open_run(&server, "a").await;
    for wrong in [vec![], vec![1], vec![0; 16]] {
        let mut stream = RawClient::connect(server.grpc_addr()).await.update_stream().await.unwrap();
        stream.send_message(&message(&wrong.into(), 0));
        assert_eq!(stream.answer().await.unwrap_err().code(), Code::NotFound);
    }
    assert_eq!(counts(&server).streams, 0);
}

#[tokio::test]
async fn a_stream_keeps_to_the_run_of_its_first_message() {
    let server = start().await;
    let (one, other) = (open_run(&server, "a").await, open_run(&server, "b").await);
    let mut stream = greeted(&server, &one).await;
    stream.send_message(&message(&other, 256));
    assert_eq!(stream.answer().await.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test]
async fn garbage_is_answered_and_counted_and_its_stream_goes_on() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut stream = greeted(&server, &run_id).await;
    let data = with_points(declaring(message(&run_id, 256), &[declaration(1, "m")]), 1, batch(0, &[1.0]));
    stream.send(vec![0xff; 1000].into());
    stream.send_message(&data);
    for number in ["2", "3"] {
        assert_eq!(stream.answer().await.unwrap().unwrap().operation_id, number);
    }
    assert_eq!(points(&server, &run_id, "m").total, 1);
    let not_kept = NotKept { unreadable_messages: 1, ..NotKept::default() };
    assert_eq!(counts(&server).not_kept, not_kept);
}

#[tokio::test]
async fn a_stream_that_begins_with_garbage_is_refused() {
    let server = start().await;
    let mut stream = RawClient::connect(server.grpc_addr()).await.update_stream().await.unwrap();
    stream.send(vec![0xff; 1000].into());
    let status = stream.answer().await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument, "not a code to try again after");
}

#[tokio::test]
async fn values_are_stored_alike_however_they_are_written() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut stream = greeted(&server, &run_id).await;
    acked(&mut stream, &declaring(message(&run_id, 0), &[declaration(1, "m")])).await;
    // Enough for a batch that is kept as it came, with NaNs that arithmetic would change among them.
    let bits: Vec<u64> =
        (0..40_u64).map(|k| if k % 7 == 0 { 0x7ff0_0000_0000_0001 + k } else { k << 52 }).collect();
    let bytes: Vec<u8> = bits.iter().flat_map(|bits| bits.to_le_bytes()).collect();
    let packed = |bytes: &[u8], out: &mut Vec<u8>| {
        encode_key(1, WireType::LengthDelimited, out);
        encode_varint(bytes.len() as u64, out);
        out.extend(bytes);
    };
    let single = |bytes: &[u8], out: &mut Vec<u8>| {
        encode_key(1, WireType::SixtyFourBit, out);
        out.extend(bytes);
    };
    let head = PointBatch { first_step: Some(0), timestamp_millis: Some(7), ..PointBatch::default() };
    let mut ways = vec![head.encode_to_vec(); 4];
    packed(&bytes, &mut ways[0]);
    bytes.chunks(80).for_each(|part| packed(part, &mut ways[1]));
    bytes.chunks(8).for_each(|value| single(value, &mut ways[2]));
    bytes.chunks(8).take(10).for_each(|value| single(value, &mut ways[3]));
    packed(&bytes[80..], &mut ways[3]);
    for (batch, number) in ways.iter().zip(1..) {
        let mut update = message(&run_id, number * 256).encode_to_vec();
        let mut series = vec![0x08, 1];
        encode_key(2, WireType::LengthDelimited, &mut series);
        encode_varint(batch.len() as u64, &mut series);
        series.extend(batch);
        encode_key(5, WireType::LengthDelimited, &mut update);
        encode_varint(series.len() as u64, &mut update);
        update.extend(series);
        stream.send(update.into());
        assert!(stream.answer().await.expect("the stream lives").is_some());
    }
    assert_eq!(merged(&server, &run_id, "m").total, 40);
    let points = points(&server, &run_id, "m");
    assert_eq!(points.total, 160);
    for way in 0..4 {
        let read: Vec<_> = points.values[way * 40..][..40].iter().map(|value| value.to_bits()).collect();
        assert_eq!(read, bits, "{way}");
        assert!(points.steps[way * 40..][..40].iter().copied().eq(0..40));
    }
}
