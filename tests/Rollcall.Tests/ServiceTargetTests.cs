namespace Rollcall.Tests;

public sealed class ServiceTargetTests
{
    [Theory]
    [InlineData("rollcall:///orders", "rollcall", "", "orders", "", "")]
    [InlineData("rollcall://a:7655,b:7655/orders", "rollcall", "a:7655,b:7655", "orders", "", "")]
    [InlineData("rollcall:///orders?zone=a&meta.version=v2", "rollcall", "", "orders", "meta.version=v2 zone=a", "")]
    [InlineData("file:///etc/services.yaml#orders", "file", "", "etc/services.yaml", "", "orders")]
    [InlineData("file://./services.yaml#orders", "file", ".", "services.yaml", "", "orders")]
    [InlineData("static:///a:80,b:80", "static", "", "a:80,b:80", "", "")]
    [InlineData("STATIC:///a:80", "static", "", "a:80", "", "")]
    [InlineData("dns+srv:///_http._tcp.orders.shop", "dns+srv", "", "_http._tcp.orders.shop", "", "")]
    [InlineData("k8s:///shop/orders:http", "k8s", "", "shop/orders:http", "", "")]
    [InlineData("consul:///orders?dc=eu%20west&x", "consul", "", "orders", "dc=eu west x=", "")]
    [InlineData("a:80", "static", "", "a:80", "", "")]
    [InlineData("[::1]:80", "static", "", "[::1]:80", "", "")]
    [InlineData("http://a", "static", "", "http://a", "", "")]
    [InlineData("https://a:8443/", "static", "", "https://a:8443", "", "")]
    [InlineData("http://a?&", "static", "", "http://a", "", "")]
    [InlineData("http://registry/list", "http", "registry", "list", "", "")]
    [InlineData("http://registry?list=1", "http", "registry", "", "list=1", "")]
    [InlineData("  rollcall:///orders\n", "rollcall", "", "orders", "", "")]
    public void Parses(string text, string scheme, string authority, string path, string query, string fragment)
    {
        var target = ServiceTarget.Parse(text);

        Assert.Equal(scheme, target.Scheme);
        Assert.Equal(authority, target.Authority);
        Assert.Equal(path, target.Path);
        Assert.Equal(query, string.Join(' ', target.Query.Select(static pair => $"{pair.Key}={pair.Value}")));
        Assert.Equal(fragment, target.Fragment);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("   ", "is empty")]
    [InlineData("rollcall:///or ders", "white space")]
    [InlineData("rollcall:///or\u0001ders", "control characters")]
    [InlineData("/orders", "Write rollcall:///orders")]
    [InlineData("shop/orders", "Write rollcall:///shop/orders")]
    [InlineData("a:80#x", "no #fragment")]
    [InlineData("a:80?x=y", "no ?parameters")]
    [InlineData("://orders", "is no scheme")]
    [InlineData("1st:///orders", "is no scheme")]
    [InlineData("a_b:///orders", "is no scheme")]
    [InlineData("rollcall://", "names nothing")]
    [InlineData("rollcall:///", "names nothing")]
    [InlineData("http://", "names no host")]
    [InlineData("http://a#x", "no #fragment")]
    [InlineData("rollcall:///orders?zone=a&zone=b", "'zone' is given twice")]
    public void Refuses_with_what_is_wrong(string text, string problem)
    {
        Assert.False(ServiceTarget.TryParse(text, out var target, out var error));
        Assert.Null(target);
        Assert.Contains(problem, error, StringComparison.Ordinal);
        Assert.Equal(error, Assert.Throws<ArgumentException>(() => ServiceTarget.Parse(text)).Message.Split(" (Parameter")[0]);
    }

    [Fact]
    public void At_most_8192_characters()
    {
        Assert.True(ServiceTarget.TryParse("static:///" + new string('a', ServiceTarget.MaxLength - 10), out _, out _));
        Assert.False(ServiceTarget.TryParse("static:///" + new string('a', ServiceTarget.MaxLength - 9), out _, out var error));
        Assert.Contains("at most 8192", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Null_is_misuse()
    {
        Assert.Throws<ArgumentNullException>(() => ServiceTarget.Parse(null!));
        Assert.False(ServiceTarget.TryParse(null, out _, out _));
    }

    [Fact]
    public void Targets_that_mean_the_same_are_equal()
    {
        Assert.Equal(ServiceTarget.Parse("a:80"), ServiceTarget.Parse("static:///a:80"));
        Assert.Equal(ServiceTarget.Parse("rollcall:///o?a=1&b=2"), ServiceTarget.Parse("Rollcall:///o?b=2&a=1"));
        Assert.Equal(ServiceTarget.Parse("http://a").GetHashCode(), ServiceTarget.Parse("http://a/").GetHashCode());
        Assert.NotEqual(ServiceTarget.Parse("rollcall:///a"), ServiceTarget.Parse("rollcall:///b"));
    }

    [Fact]
    public void The_text_of_a_target_parses_back_to_an_equal_one()
    {
        const string alphabet = "ab1:/?#&=%,.[]+-@;~\u00e4";
        string[] starts = ["", "rollcall:///", "static:///", "http://", "file://", "dns+srv:///"];
        var parsed = 0;
        for (var seed = 0; seed < 50_000; seed++)
        {
            var random = new Random(seed);
            var text = starts[random.Next(starts.Length)] + string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            if (!ServiceTarget.TryParse(text, out var target, out var error))
            {
                Assert.False(string.IsNullOrEmpty(error), $"seed {seed}");
                continue;
            }

            parsed++;
            Assert.True(ServiceTarget.TryParse(target.ToString(), out var again, out error), $"seed {seed}: {text} became {target}: {error}");
            Assert.True(target.Equals(again), $"seed {seed}: {text} became {target}, then {again}");
        }

        Assert.InRange(parsed, 10_000, 50_000);
    }
}
