using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Rollcall.Kubernetes.Api;
using Rollcall.Kubernetes.Objects;

namespace Rollcall.Kubernetes.Tests.Objects;

/// <summary>What servers send, right and wrong.</summary>
public sealed class ReaderTests
{
    private const string Slice = """
        {"metadata":{"name":"orders-1","resourceVersion":"7","managedFields":[{"x":{"y":[1,2]}}],"labels":{"kubernetes.io/service-name":"orders"}},"addressType":"IPv4",
         "ports":[{"name":"http","port":80,"protocol":"TCP","appProtocol":"https"}],"endpoints":[{"addresses":["10.0.0.1","10.0.0.2"],"conditions":{"ready":null}}]}
        """;

    [Fact]
    public void An_event_may_name_its_object_before_its_type()
    {
        var item = WatchEvent<EndpointSliceObject>.Parse(Encoding.UTF8.GetBytes($$"""{"object":{{Slice}},"type":"MODIFIED"}"""), EndpointSliceObject.Read, new StringCache());

        Assert.Equal((WatchEventKind.Present, "7", "orders"), (item.Kind, item.Version, item.Object!.Key));
        Assert.True(item.Object.Endpoints[0] is { Ready: true, Serving: true, Terminating: false, Address: "10.0.0.1" });
        Assert.Equal("https", item.Object.Ports[0].AppProtocol);
    }

    [Fact]
    public void Bookmarks_and_errors_carry_a_version_or_a_reason()
    {
        var bookmark = WatchEvent<PodObject>.Parse("""{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"99"}}}"""u8, PodObject.Read, new StringCache());
        var error = WatchEvent<PodObject>.Parse("""{"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old","details":{"retryAfterSeconds":3}}}"""u8, PodObject.Read, new StringCache());

        Assert.Equal((WatchEventKind.Bookmark, "99"), (bookmark.Kind, bookmark.Version));
        Assert.Equal((WatchEventKind.Error, 410, "too old", TimeSpan.FromSeconds(3)), (error.Kind, error.Status.Code, error.Status.Message, error.Status.RetryAfter));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"type":"ADDED"}""")]
    [InlineData("""{"type":"ADDED","object":{}}""")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":""}}}""")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":7}}}""")]
    [InlineData("""{"type":"OTHER","object":{"metadata":{"name":"a"}}}""")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":"a"},"endpoints":[null]}}""")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":"a"},"endpoints":{}}}""")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":"a"},"ports":[{"port":65536}]}}""")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":"a"},"ports":[{"port":1.5}]}}""")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":"\ud800"}}}""")]
    public void What_makes_no_sense_is_refused_as_a_fault_of_the_server(string text)
    {
        var error = Assert.ThrowsAny<Exception>(() => WatchEvent<EndpointSliceObject>.Parse(Encoding.UTF8.GetBytes(text), EndpointSliceObject.Read, new StringCache()));
        Assert.True(ApiClient.IsFault(error), error.GetType().Name);
    }

    [Fact]
    public void Damaged_documents_are_read_or_refused_and_never_worse()
    {
        string[] seeds =
        [
            $$"""{"type":"ADDED","object":{{Slice}}}""",
            """{"type":"ADDED","object":{"metadata":{"name":"p","uid":"u"},"spec":{"containers":[{"ports":[{"name":"a","containerPort":1}]}]},"status":{"podIPs":[{"ip":"10.0.0.1"}],"conditions":[{"type":"Ready","status":"True"}]}}}""",
            """{"type":"ADDED","object":{"metadata":{"name":"e"},"subsets":[{"addresses":[{"ip":"10.0.0.1","targetRef":{"kind":"Pod","name":"a"}}],"ports":[{"port":80}]}]}}""",
            """{"type":"ADDED","object":{"metadata":{"name":"s"},"spec":{"selector":{"a":"b"},"ports":[{"port":80,"targetPort":"x"},{"port":81,"targetPort":81}]}}}""",
        ];
        var damage = (from seed in Gen.Elements(seeds)
                      from places in Gen.Choose(0, 1000).ArrayOf(3)
                      from bytes in Gen.Choose(0, 255).ArrayOf(3)
                      from cut in Gen.Choose(0, 1000)
                      select Damage(seed, places, bytes, cut)).ToArbitrary();
        Prop.ForAll(damage, static bytes =>
        {
            Swallow(() => WatchEvent<EndpointSliceObject>.Parse(bytes, EndpointSliceObject.Read, new StringCache()));
            Swallow(() => WatchEvent<PodObject>.Parse(bytes, PodObject.Read, new StringCache()));
            Swallow(() => WatchEvent<EndpointsObject>.Parse(bytes, EndpointsObject.Read, new StringCache()));
            Swallow(() => WatchEvent<ServiceObject>.Parse(bytes, ServiceObject.Read, new StringCache()));
            Swallow(() => ListPage<NodeObject>.Parse(bytes, NodeObject.Read, new StringCache()));
            ApiStatus.Parse(bytes);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Equal_texts_are_one_string()
    {
        var strings = new StringCache();
        Assert.Same(Read("zone-a"), Read("zone-a"));
        Assert.Equal("ä\n", Read("ä\\n"));
        Assert.Equal(new string('x', 100), Read(new string('x', 100)));

        string Read(string text)
        {
            var json = new Utf8JsonReader(Encoding.UTF8.GetBytes($"\"{text}\""));
            json.Read();
            return strings.Get(ref json);
        }
    }

    private static byte[] Damage(string seed, int[] places, int[] bytes, int cut)
    {
        var damaged = Encoding.UTF8.GetBytes(seed);
        for (var i = 0; i < places.Length; i++)
            damaged[places[i] % damaged.Length] = (byte)bytes[i];
        return damaged[..(cut < damaged.Length ? cut : damaged.Length)];
    }

    private static void Swallow<T>(Func<T> read)
    {
        try
        {
            read();
        }
        catch (Exception error) when (ApiClient.IsFault(error))
        {
            // Refused, as it should be.
        }
    }
}
