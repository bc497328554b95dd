using System.Collections.Immutable;
using System.Globalization;

namespace Rollcall.Registry.Tests;

public sealed class RegistrationValidatorTests
{
    private static readonly CheckDefinition Http = new() { Kind = CheckKind.Http, Target = "http://10.0.0.5:8080/health" };
    private static readonly CheckDefinition Tcp = new() { Kind = CheckKind.Tcp, Target = "10.0.0.5:8080" };

    private static InstanceRegistration Valid => new()
    {
        Service = "orders",
        Id = "o-1",
        Address = "10.0.0.5",
        Ports = new SmallMap<int>([new("http", 8080)]),
    };

    [Fact]
    public void The_least_and_the_most_that_is_allowed_pass()
    {
        Assert.Empty(RegistrationValidator.Validate(Valid));
        Assert.Empty(RegistrationValidator.Validate(Valid with
        {
            Service = new string('s', 63),
            Id = $"{new string('i', 63)}.{new string('d', 63)}.x"[..127],
            Address = string.Join('.', Enumerable.Repeat(new string('h', 62), 4)),
            Ports = Ports(32),
            Ttl = TimeSpan.FromHours(24),
            Weight = 0,
            Zone = "zone-a",
            Node = new string('n', 253),
            Metadata = Metadata(64, 64),
            Checks = [.. Enumerable.Repeat(Http, 4), .. Enumerable.Repeat(Tcp, 4)],
        }));
    }

    public static TheoryData<string, string, bool> Names => new()
    {
        { "service", "a", true },
        { "service", new string('a', 63), true },
        { "service", new string('a', 64), false },
        { "service", "", false },
        { "service", "Orders", false },
        { "service", "-orders", false },
        { "service", "orders-", false },
        { "service", "or.ders", false },
        { "service", "or_ders", false },
        { "service", "örders", false },
        { "id", "a.b-c.0", true },
        { "id", $"{new string('a', 63)}.{new string('b', 63)}", true },
        { "id", $"{new string('a', 63)}.{new string('b', 62)}.c", true },
        { "id", $"{new string('a', 63)}.{new string('b', 63)}.c", false },
        { "id", "", false },
        { "id", "a..b", false },
        { "id", "a/b", false },
        { "zone", "a", true },
        { "zone", "", false },
        { "zone", "A", false },
        { "node", "m7.example", true },
        { "node", new string('n', 253), true },
        { "node", new string('n', 254), false },
        { "node", "", false },
        { "node", "a\nb", false },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_name_is_held_to_its_rule(string field, string value, bool isRight)
    {
        var errors = RegistrationValidator.Validate(field switch
        {
            "service" => Valid with { Service = value },
            "id" => Valid with { Id = value },
            "zone" => Valid with { Zone = value },
            _ => Valid with { Node = value },
        });
        AssertOnly(field, isRight, errors);
    }

    [Theory]
    [InlineData("10.0.0.5", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("::1", true)]
    [InlineData("fd00::5", true)]
    [InlineData("::ffff:10.0.0.5", true)]
    [InlineData("localhost", true)]
    [InlineData("Orders.Shop.svc", true)]
    [InlineData("my_container", true)]
    [InlineData("orders.shop.", true)]
    [InlineData("0a.example", true)]
    [InlineData("", false)]
    [InlineData("10.0.0.256", false)]
    [InlineData("10.0.0", false)]
    [InlineData("010.0.0.1", false)]
    [InlineData("1", false)]
    [InlineData("fe80::1%eth0", false)]
    [InlineData("[::1]", false)]
    [InlineData("a b", false)]
    [InlineData("-a", false)]
    [InlineData("a..b", false)]
    [InlineData(".", false)]
    [InlineData("a/b", false)]
    [InlineData(":::", false)]
    public void An_address_is_an_IP_address_or_a_host_name(string address, bool isRight) =>
        AssertOnly("address", isRight, RegistrationValidator.Validate(Valid with { Address = address }));

    [Theory]
    [InlineData("10.0.0.5:8080")]
    [InlineData("localhost:80")]
    [InlineData("[::1]:8080")]
    public void A_port_in_an_address_is_refused_with_where_it_belongs(string address)
    {
        var error = Assert.Single(RegistrationValidator.Validate(Valid with { Address = address }));
        Assert.Equal("address", error.Field);
        Assert.Contains("the port goes into 'ports'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(253, true)]
    [InlineData(254, false)]
    public void An_address_has_a_longest(int length, bool isRight)
    {
        var address = string.Join('.', Enumerable.Repeat(new string('h', 62), 4))+ "." + new string('x', length - 252);
        AssertOnly("address", isRight, RegistrationValidator.Validate(Valid with { Address = address }));
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void A_label_of_an_address_has_a_longest(int length, bool isRight) =>
        AssertOnly("address", isRight, RegistrationValidator.Validate(Valid with { Address = $"{new string('h', length)}.example" }));

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void Ports_are_1_to_32(int count, bool isRight) =>
        AssertOnly("ports", isRight, RegistrationValidator.Validate(Valid with { Ports = Ports(count) }));

    [Theory]
    [InlineData("http", 0, false)]
    [InlineData("http", 1, true)]
    [InlineData("http", 65535, true)]
    [InlineData("http", 65536, false)]
    [InlineData("http", -1, false)]
    [InlineData("HTTP", 80, false)]
    public void A_port_has_a_label_and_a_number(string name, int port, bool isRight) =>
        AssertOnly($"ports.{name}", isRight, RegistrationValidator.Validate(Valid with { Ports = new SmallMap<int>([new(name, port)]) }));

    [Theory]
    [InlineData(999, false)]
    [InlineData(1000, true)]
    [InlineData(86_400_000, true)]
    [InlineData(86_400_001, false)]
    public void A_ttl_is_1_s_to_24_h(int milliseconds, bool isRight) =>
        AssertOnly("ttl", isRight, RegistrationValidator.Validate(Valid with { Ttl = TimeSpan.FromMilliseconds(milliseconds) }));

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void A_weight_is_0_to_100(int weight, bool isRight) =>
        AssertOnly("weight", isRight, RegistrationValidator.Validate(Valid with { Weight = weight }));

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Metadata_has_a_most_of_entries(int entries, bool isRight) =>
        AssertOnly("metadata", isRight, RegistrationValidator.Validate(Valid with { Metadata = Metadata(entries, 10) }));

    [Theory]
    [InlineData(8192, 'a', true)]
    [InlineData(8193, 'a', false)]
    [InlineData(8192, 'é', true)]
    [InlineData(8194, 'é', false)]
    public void Metadata_has_a_most_of_bytes(int bytes, char of, bool isRight)
    {
        var perCharacter = of == 'a' ? 1 : 2;
        var metadata = new SmallMap<string>([new("kk", new string(of, (bytes - 2) / perCharacter))]);
        AssertOnly("metadata", isRight, RegistrationValidator.Validate(Valid with { Metadata = metadata }));
    }

    public static TheoryData<string, string, bool> Entries => new()
    {
        { "app.kubernetes.io/name_X-1", "", true },
        { new string('k', 128), "v", true },
        { new string('k', 129), "v", false },
        { "", "v", false },
        { "a b", "v", false },
        { "clé", "v", false },
        { "k", "grüße 😀 \u00a0", true },
        { "k", "a\tb", false },
        { "k", "a\u007f", false },
        { "k", "a\ud83d", false },
        { "k", "\ude00b", false },
    };

    [Theory]
    [MemberData(nameof(Entries))]
    public void A_metadata_entry_is_held_to_its_rule(string key, string value, bool isRight) =>
        AssertOnly($"metadata.{key[..Math.Min(key.Length, 64)]}", isRight, RegistrationValidator.Validate(Valid with { Metadata = new SmallMap<string>([new(key, value)]) }));

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void Checks_are_at_most_8(int count, bool isRight) =>
        AssertOnly("checks", isRight, RegistrationValidator.Validate(Valid with { Checks = [.. Enumerable.Repeat(Tcp, count)] }));

    [Theory]
    [InlineData(CheckKind.Http, "http://a", true)]
    [InlineData(CheckKind.Http, "https://[::1]:8443/health?x=1", true)]
    [InlineData(CheckKind.Http, "ftp://a/", false)]
    [InlineData(CheckKind.Http, "/health", false)]
    [InlineData(CheckKind.Http, "http://", false)]
    [InlineData(CheckKind.Http, "http://a:0/", false)]
    [InlineData(CheckKind.Http, "http://a:65536/", false)]
    [InlineData(CheckKind.Http, "http://a/\r\nX: y", false)]
    [InlineData(CheckKind.Http, "", false)]
    [InlineData(CheckKind.Tcp, "localhost:1", true)]
    [InlineData(CheckKind.Tcp, "[::1]:65535", true)]
    [InlineData(CheckKind.Tcp, "localhost", false)]
    [InlineData(CheckKind.Tcp, "localhost:0", false)]
    [InlineData(CheckKind.Tcp, "localhost:65536", false)]
    [InlineData(CheckKind.Tcp, "::1:80", false)]
    [InlineData(CheckKind.Tcp, "[::1]", false)]
    [InlineData(CheckKind.Tcp, ":80", false)]
    [InlineData(CheckKind.Tcp, "http://a:80", false)]
    public void A_check_asks_something_that_can_be_asked(CheckKind kind, string target, bool isRight) =>
        AssertOnly(
            kind == CheckKind.Http ? "checks[0].http" : "checks[0].tcp",
            isRight,
            RegistrationValidator.Validate(Valid with { Checks = [new CheckDefinition { Kind = kind, Target = target }] }));

    [Theory]
    [InlineData(2048, true)]
    [InlineData(2049, false)]
    public void A_check_asks_at_most_2048_characters(int length, bool isRight) =>
        AssertOnly("checks[0].http", isRight, RegistrationValidator.Validate(Valid with { Checks = [Http with { Target = "http://a/".PadRight(length, 'x') }] }));

    [Theory]
    [InlineData("interval", 999, 500, 1, 1, false)]
    [InlineData("interval", 1000, 500, 1, 1, true)]
    [InlineData("interval", 3_600_000, 500, 1, 1, true)]
    [InlineData("interval", 3_600_001, 500, 1, 1, false)]
    [InlineData("timeout", 120_000, 9, 1, 1, false)]
    [InlineData("timeout", 120_000, 10, 1, 1, true)]
    [InlineData("timeout", 120_000, 60_000, 1, 1, true)]
    [InlineData("timeout", 120_000, 60_001, 1, 1, false)]
    [InlineData("timeout", 2000, 2000, 1, 1, true)]
    [InlineData("timeout", 2000, 2001, 1, 1, false)]
    [InlineData("failureThreshold", 2000, 500, 0, 1, false)]
    [InlineData("failureThreshold", 2000, 500, 10, 1, true)]
    [InlineData("failureThreshold", 2000, 500, 11, 1, false)]
    [InlineData("successThreshold", 2000, 500, 1, 0, false)]
    [InlineData("successThreshold", 2000, 500, 1, 10, true)]
    [InlineData("successThreshold", 2000, 500, 1, 11, false)]
    public void A_check_keeps_its_limits(string field, int interval, int timeout, int failures, int successes, bool isRight)
    {
        var check = Http with
        {
            Interval = TimeSpan.FromMilliseconds(interval),
            Timeout = TimeSpan.FromMilliseconds(timeout),
            FailureThreshold = failures,
            SuccessThreshold = successes,
        };
        AssertOnly($"checks[1].{field}", isRight, RegistrationValidator.Validate(Valid with { Checks = [Tcp, check] }));
    }

    [Fact]
    public void All_violations_are_reported_at_once()
    {
        var errors = RegistrationValidator.Validate(new InstanceRegistration
        {
            Service = "",
            Id = "",
            Address = "",
            Ports = SmallMap<int>.Empty,
            Ttl = TimeSpan.Zero,
            Weight = 101,
            Zone = "",
            Node = "",
            Metadata = new SmallMap<string>([new("", "")]),
            Checks = [Http with { Target = "" }],
        });
        Assert.Equal(["service", "id", "address", "ports", "ttl", "weight", "zone", "node", "metadata.", "checks[0].http"], errors.Select(static e => e.Field));
    }

    [Fact]
    public void What_is_shown_of_a_value_is_short_and_plain()
    {
        var error = Assert.Single(RegistrationValidator.Validate(Valid with { Service = "\r\n\u001b" + new string('x', 100_000) }));
        Assert.InRange(error.Message.Length, 1, 200);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Fact]
    public void Checks_that_were_never_set_are_none() =>
        Assert.Empty(RegistrationValidator.Validate(Valid with { Checks = default(ImmutableArray<CheckDefinition>) }));

    private static SmallMap<int> Ports(int count) =>
        new(Enumerable.Range(1, count).Select(static i => new KeyValuePair<string, int>($"p{i}", i)));

    private static SmallMap<string> Metadata(int entries, int valueLength) =>
        new(Enumerable.Range(0, entries).Select(i => new KeyValuePair<string, string>($"k{i.ToString("D3", CultureInfo.InvariantCulture)}", new string('v', valueLength))));

    private static void AssertOnly(string field, bool isRight, IReadOnlyList<FieldError> errors)
    {
        if (isRight)
            Assert.Empty(errors);
        else
            Assert.Equal(field, Assert.Single(errors).Field);
    }
}
