using System.Globalization;
using System.Net;
using Rollcall.Kubernetes.Api;
using Rollcall.Kubernetes.Reflecting;
using Rollcall.Watching;

namespace Rollcall.Kubernetes.Tests.Reflecting;

/// <summary>Transcripts: what goes into the protocol, and what it says to do. Jitter is always the largest (but one in 2^31).</summary>
public sealed class ReflectorProtocolTests
{
    private readonly Transcript _transcript = new(TimeSpan.FromMinutes(30));

    [Fact]
    public void Pages_are_staged_and_the_last_one_publishes() => _transcript.Is("""
        begin              → list
        page v=5 next=a    → stage; list next=a
        page v=5 next=b    → stage; list next=b
        page v=5           → publish; synced; watch v=5
        began              → synced; read
        """);

    [Fact]
    public void A_watch_goes_on_from_the_last_version_of_object_or_bookmark() => _transcript.Is("""
        begin              → list
        page v=5           → publish; synced; watch v=5
        began              → synced; read
        present v=7        → apply; read
        deleted v=8        → apply; read
        bookmark v=20      → read
        after 300
        ended              → watch v=20
        began              → synced; read
        """);

    [Fact]
    public void A_version_that_is_gone_is_listed_anew_at_once_and_again_after_a_pause() => _transcript.Is("""
        begin              → list
        page v=5           → publish; synced; watch v=5
        failed 410         → list
        page v=9           → publish; synced; watch v=9
        failed 410         → wait 200 ms
        waited             → list
        page v=9           → publish; synced; watch v=9
        began              → synced; read
        present v=10       → apply; read
        error 410          → list
        page v=12          → publish; synced; watch v=12
        """);

    [Fact]
    public void A_list_that_expires_begins_again_and_the_second_time_on_one_page() => _transcript.Is("""
        begin              → list
        page v=5 next=a    → stage; list next=a
        failed 410         → list
        page v=6 next=a    → stage; list next=a
        failed 410         → list unpaged
        page v=7           → publish; synced; watch v=7
        """);

    [Fact]
    public void A_failure_is_told_and_tried_again_with_growing_pauses() => _transcript.Is("""
        begin              → list
        page v=5 next=a    → stage; list next=a
        failed 0           → failed; wait 100 ms
        waited             → list
        failed 500         → failed; wait 200 ms
        waited             → list
        page v=5           → publish; synced; watch v=5
        began              → synced; read
        after 10
        ended              → watch v=5
        failed 0           → failed; wait 100 ms
        waited             → watch v=5
        failed 0           → failed; wait 200 ms
        waited             → watch v=5
        began              → synced; read
        """);

    [Fact]
    public void Too_many_requests_are_waited_out_as_long_as_asked_and_told_when_it_goes_on_or_takes_long() => _transcript.Is("""
        begin              → list
        failed 429 after=3 → wait 3750 ms
        waited             → list
        failed 429 after=1 → wait 1250 ms
        waited             → list
        failed 429 after=1 → failed; wait 1250 ms
        waited             → list
        page v=5           → publish; synced; watch v=5
        failed 429 after=4 → failed; wait 5000 ms
        waited             → watch v=5
        failed 429 after=9999 → failed; wait 150000 ms
        waited             → watch v=5
        failed 429 after=1 → wait 1250 ms
        waited             → watch v=5
        """);

    [Fact]
    public void A_server_that_cannot_serve_is_an_outage_at_once_whenever_it_wants_to_be_asked_again() => _transcript.Is("""
        begin              → list
        failed 503 after=1 → failed; wait 1250 ms
        waited             → list
        """);

    [Fact]
    public void All_is_listed_anew_from_time_to_time_when_a_watch_ends_anyway() => _transcript.Is("""
        begin              → list
        page v=5           → publish; synced; watch v=5
        began              → synced; read
        after 2100
        ended              → watch v=5
        began              → synced; read
        after 100
        ended              → list
        page v=5           → publish; synced; watch v=5
        """);

    [Fact]
    public void Watches_that_end_at_once_are_an_outage_until_one_brings_something() => _transcript.Is("""
        begin              → list
        page v=5           → publish; synced; watch v=5
        began              → synced; read
        ended              → watch v=5
        began              → synced; read
        ended              → failed; wait 100 ms
        waited             → list
        page v=5           → publish; watch v=5
        began              → read, told after 1000 ms
        ended              → failed; wait 200 ms
        waited             → list
        page v=6           → publish; watch v=6
        began              → read, told after 1000 ms
        present v=7        → apply; synced; read
        ended              → watch v=7
        """);

    [Fact]
    public void Watches_that_make_no_sense_are_an_outage_however_long_they_take_and_one_that_lives_mends_it() => _transcript.Is("""
        begin              → list
        page v=5           → publish; synced; watch v=5
        began              → synced; read
        after 9
        unreadable         → watch v=5
        began              → synced; read
        after 9
        unreadable         → failed; wait 100 ms
        waited             → list
        page v=5           → publish; watch v=5
        failed 0           → failed; wait 100 ms
        waited             → watch v=5
        began              → read, told after 1000 ms
        after 2
        lives              → synced; read
        unreadable         → failed; wait 200 ms
        waited             → list
        page v=5           → publish; watch v=5
        began              → read, told after 1000 ms
        after 2
        lives              → synced; read
        ended              → watch v=5
        began              → synced; read
        """);

    [Fact]
    public void An_error_in_a_watch_means_a_new_list_after_a_pause_that_grows() => _transcript.Is("""
        begin              → list
        page v=5           → publish; synced; watch v=5
        began              → synced; read
        error 500          → failed; wait 100 ms
        waited             → list
        page v=6           → publish; watch v=6
        began              → read, told after 1000 ms
        error 429          → failed; wait 200 ms
        waited             → list
        page v=7           → publish; watch v=7
        began              → read, told after 1000 ms
        bookmark v=8       → synced; read
        """);

    [Fact]
    public void A_version_the_server_cannot_know_is_listed_anew() => _transcript.Is("""
        begin              → list
        page v=5           → publish; synced; watch v=5
        failed 400         → failed; wait 100 ms
        waited             → list
        """);

    private sealed class Transcript(TimeSpan resync)
    {
        private readonly ReflectorProtocol _protocol = new(Backoff.Default, resync, new Largest());
        private TimeSpan _now;

        public void Is(string expected)
        {
            var lines = expected.ReplaceLineEndings("\n").Split('\n');
            Assert.Equal(lines, lines.Select(Play));
        }

        private string Play(string line)
        {
            var input = line.Split('→')[0].TrimEnd();
            var words = input.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0] == "after")
            {
                _now += TimeSpan.FromSeconds(int.Parse(words[1], CultureInfo.InvariantCulture));
                return line;
            }

            return $"{line.Split('→')[0]}→ {Describe(Give(words))}";
        }

        private ReflectorStep Give(string[] words) => words[0] switch
        {
            "begin" => _protocol.Begin(),
            "page" => _protocol.OnPage(Value(words, "v")!, Value(words, "next"), _now),
            "began" => _protocol.OnWatchBegan(_now),
            "present" => _protocol.OnEvent(WatchEventKind.Present, Value(words, "v")!, default, _now),
            "deleted" => _protocol.OnEvent(WatchEventKind.Deleted, Value(words, "v")!, default, _now),
            "bookmark" => _protocol.OnEvent(WatchEventKind.Bookmark, Value(words, "v")!, default, _now),
            "error" => _protocol.OnEvent(WatchEventKind.Error, "", new ApiStatus(int.Parse(words[1], CultureInfo.InvariantCulture), "", null), _now),
            "ended" => _protocol.OnWatchEnd(unreadable: false, _now),
            "unreadable" => _protocol.OnWatchEnd(unreadable: true, _now),
            "lives" => ReflectorProtocol.OnWatchLives(),
            "waited" => _protocol.OnWaited(),
            "failed" => _protocol.OnFailure(
                new Refusal(
                    words[1] == "0" ? null : (HttpStatusCode)int.Parse(words[1], CultureInfo.InvariantCulture),
                    Value(words, "after") is { } after ? TimeSpan.FromSeconds(int.Parse(after, CultureInfo.InvariantCulture)) : null),
                _now),
            _ => throw new ArgumentException(words[0], nameof(words)),
        };

        private static string? Value(string[] words, string key) => words.FirstOrDefault(word => word.StartsWith(key + "=", StringComparison.Ordinal))?[(key.Length + 1)..];

        private static string Describe(ReflectorStep step) => string.Join("; ", new[]
        {
            step.Effect == StoreEffect.None ? "" : step.Effect.ToString().ToLowerInvariant(),
            step.News == ReflectorNews.None ? "" : step.News.ToString().ToLowerInvariant(),
            step.Action switch
            {
                ReflectorAction.List => $"list{(step.Continue is null ? "" : $" next={step.Continue}")}{(step.Unpaged ? " unpaged" : "")}",
                ReflectorAction.Watch => $"watch v={step.Version}",
                ReflectorAction.Wait => string.Create(CultureInfo.InvariantCulture, $"wait {Math.Round(step.Delay.TotalMilliseconds)} ms"),
                _ => step.Delay > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"read, told after {step.Delay.TotalMilliseconds} ms") : "read",
            },
        }.Where(static part => part.Length > 0));
    }

    private sealed class Largest : Random
    {
        public override double NextDouble() => 1 - (1.0 / int.MaxValue);
    }
}
