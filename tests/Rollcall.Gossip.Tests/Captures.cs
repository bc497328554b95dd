namespace Rollcall.Gossip.Tests;

/// <summary>Packets captured from Serf agents and memberlist nodes on loopback: alpha is 127.0.0.1:17946, beta :17947, gamma :17948.</summary>
internal static class Captures
{
    /// <summary>What the encrypted captures are encrypted with: 00 01 … 1f.</summary>
    public static byte[] Key { get; } = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];

    public static byte[] Ping { get; } = FromHex("0085a44e6f6465a5616c706861a55365714e6f01aa536f7572636541646472a47f000001aa536f757263654e6f6465a462657461aa536f7572636550" +
        "6f7274cd461b");

    public static byte[] Ack { get; } = FromHex("0282a75061796c6f6164c0a55365714e6f05");

    public static byte[] IndirectPing { get; } = FromHex("0188a44e61636bc3a44e6f6465a567616d6d61a4506f7274cd461ca55365714e6f05aa536f7572636541646472a47f000001aa536f757263654e6f64" +
        "65a462657461aa536f75726365506f7274cd461ba6546172676574a47f000001");

    public static byte[] Nack { get; } = FromHex("0b81a55365714e6f05");

    public static byte[] CrcSuspect { get; } = FromHex("0cda3f3b660383a446726f6da462657461ab496e6361726e6174696f6e01a44e6f6465a567616d6d61");

    public static byte[] CrcDead { get; } = FromHex("0c64611e6a0583a446726f6da462657461ab496e6361726e6174696f6e02a44e6f6465a567616d6d61");

    public static byte[] CrcLeft { get; } = FromHex("0c033f28320583a446726f6da462657461ab496e6361726e6174696f6e01a44e6f6465a462657461");

    public static byte[] CrcAlive { get; } = FromHex("0c17301b440486a441646472a47f000001ab496e6361726e6174696f6e02a44d657461a2ff80a44e6f6465a567616d6d61a4506f7274cd461ca35673" +
        "6ea6010502020505");

    public static byte[] CrcPingAndSuspect { get; } = FromHex("0c0dbbd8d80702004200240085a44e6f6465a567616d6d61a55365714e6f08aa536f7572636541646472a47f000001aa536f757263654e6f6465a462" +
        "657461aa536f75726365506f7274cd461b0383a446726f6da462657461ab496e6361726e6174696f6e01a44e6f6465a567616d6d61");

    public static byte[] CrcJoin { get; } = FromHex("0caada2b16080182a54c54696d6501a44e6f6465a462657461");

    public static byte[] CrcLeave { get; } = FromHex("0c54cd3b76080083a54c54696d6502a44e6f6465a462657461a55072756e65c2");

    public static byte[] CrcCompress { get; } = FromHex("0ca3e759a70982a4416c676f00a3427566da004100110c20246ac89061a5985049d3a64c00524ec2343445a60c1c366ff29c8212260fc63064b40140" +
        "86a7a4c9932853aa5cc9b2a5cb973063ca9c49b3a6cd960101");

    public static byte[] EncryptedPing { get; } = FromHex("01396074fe15e38e9026d3127d12c988ab4e700ab94ce6245d9de1367912992f87ac8e48e2ed9a1ce6cc9a4197a3f62237d7251950c4b1b3ee12c069" +
        "6d5e61aea7b2936ed724914a34e3cbd215bdf00be249339cf23d2b87c1f30add5ce8dc");

    public static byte[] EncryptedJoin { get; } = FromHex("012e749881e357f9cec5e70e1501b83426daea8ae036232bd833ed2a98c09a22d3978188d576084cd4bd11fd63c6bd608b6f4530b649");

    public static byte[] PushPullHead { get; } = FromHex("0683a44a6f696ec3a54e6f64657301ac5573657253746174654c656ecd024c87a441646472a47f000001ab496e6361726e6174696f6e01a44d657461" +
        "a2ff80a44e616d65a462657461a4506f7274cd461ba5537461746500a356736ea6010502020505");

    public static byte[] SerfStateTail { get; } = FromHex("a54c54696d6501ab4c6566744d656d6265727390aa51756572794c54696d6501ac5374617475734c54696d657381a46265746100");

    public static byte[] LabelPing { get; } = FromHex("f4056c61622d310085a44e6f6465a374776fa55365714e6f01aa536f7572636541646472a47f000001aa536f757263654e6f6465a36f6e65aa536f75" +
        "726365506f7274cd461a");

    public static byte[] TcpUserMessage { get; } = [.. FromHex("0881aa557365724d73674c656ed100c8"), .. Filled(200)];

    /// <summary>What is inside <see cref="CrcCompress"/>.</summary>
    public static byte[] CompressedPlain { get; } = [.. FromHex("080384a24343c3a54c54696d6501a44e616d65a66465706c6f79a75061796c6f6164da00c8"), .. Filled(200)];

    /// <summary>What is inside <see cref="EncryptedPing"/>.</summary>
    public static byte[] EncryptedPingPlain { get; } = FromHex("0085a44e6f6465a462657461a55365714e6f01aa536f7572636541646472a47f000001aa536f757263654e6f6465a5616c706861aa536f7572636550" +
        "6f7274cd461a");

    public static TheoryData<string> Names => [.. All.Keys];

    public static IReadOnlyDictionary<string, byte[]> All { get; } = new Dictionary<string, byte[]>(StringComparer.Ordinal)
    {
        [nameof(Ping)] = Ping,
        [nameof(Ack)] = Ack,
        [nameof(IndirectPing)] = IndirectPing,
        [nameof(Nack)] = Nack,
        [nameof(CrcSuspect)] = CrcSuspect,
        [nameof(CrcDead)] = CrcDead,
        [nameof(CrcLeft)] = CrcLeft,
        [nameof(CrcAlive)] = CrcAlive,
        [nameof(CrcPingAndSuspect)] = CrcPingAndSuspect,
        [nameof(CrcJoin)] = CrcJoin,
        [nameof(CrcLeave)] = CrcLeave,
        [nameof(CrcCompress)] = CrcCompress,
        [nameof(EncryptedPing)] = EncryptedPing,
        [nameof(EncryptedJoin)] = EncryptedJoin,
        [nameof(PushPullHead)] = PushPullHead,
        [nameof(SerfStateTail)] = SerfStateTail,
        [nameof(LabelPing)] = LabelPing,
        [nameof(TcpUserMessage)] = TcpUserMessage,
    };

    public static byte[] FromHex(string hex) => Convert.FromHexString(hex);

    public static string ToHex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static byte[] Filled(int count) => [.. Enumerable.Repeat((byte)'x', count)];
}
