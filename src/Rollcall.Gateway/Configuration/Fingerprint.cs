using System.Globalization;
using System.Text;
using Rollcall.Sources.Text;

namespace Rollcall.Gateway.Configuration;

/// <summary>What a part of a document says, without where it says it: equal for parts that mean the same.</summary>
internal static class Fingerprint
{
    public static string Of(DataNode node)
    {
        var text = new StringBuilder();
        Write(text, node);
        return text.ToString();
    }

    private static void Write(StringBuilder text, DataNode node)
    {
        switch (node)
        {
            case ScalarNode scalar:
                // With its length, so that no text can look like two.
                text.Append(CultureInfo.InvariantCulture, $"{scalar.Text?.Length ?? -1}:{scalar.Text}");
                break;
            case ListNode list:
                text.Append('[');
                foreach (var item in list.Items)
                    Write(text, item);
                text.Append(']');
                break;
            case MapNode map:
                text.Append('{');
                foreach (var (key, value) in map.Entries.OrderBy(static entry => entry.Key.Text, StringComparer.Ordinal))
                {
                    Write(text, key);
                    Write(text, value);
                }

                text.Append('}');
                break;
        }
    }
}
