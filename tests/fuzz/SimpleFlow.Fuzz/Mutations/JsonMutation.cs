using System.Text.Json;
using System.Text.Json.Nodes;

namespace SimpleFlow.Fuzz;

/// <summary>Changes values of a JSON text and leaves it JSON, so that what is behind the parser is reached.</summary>
internal static class JsonMutation
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private static readonly double[] Numbers = [0, 1, -1, 2, 3, 5, 16, 255, 65535, 65536, 1 << 24, int.MaxValue - 1, int.MaxValue,
        int.MinValue, 1L << 31, 1L << 53, -0.5, 0.5, 1e-45, 1e300];

    /// <summary>The text with one to three values changed; the same text where it is no JSON.</summary>
    public static string Of(string text, Mutator mutator)
    {
        try
        {
            var root = JsonNode.Parse(text, documentOptions: Lenient);
            for (var change = mutator.Next(3); change >= 0; change--) Change(root, mutator);
            return root?.ToJsonString() ?? "null";
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            // Such as a name that stands there twice, which a tree cannot hold.
            return text;
        }
    }

    private static void Change(JsonNode? root, Mutator mutator)
    {
        var places = Places(root).ToList();
        if (places.Count == 0) return;
        mutator.CountField();
        var (parent, key) = places[mutator.Next(places.Count)];
        var (other, otherKey) = places[mutator.Next(places.Count)];
        switch (mutator.Next(6))
        {
            case 0: Put(parent, key, null); break;
            case 1: Put(parent, key, Get(other, otherKey)?.DeepClone()); break;
            case 2 when parent is JsonObject members: members.Remove((string)key); break;
            case 2 when parent is JsonArray elements: elements.RemoveAt((int)key); break;
            case 3 when parent is JsonArray elements && elements.Count < 64:
                elements.Insert((int)key, Get(parent, key)?.DeepClone());
                break;
            case 4: Put(parent, key, mutator.Next(2) == 0 ? JsonValue.Create("") : new JsonArray()); break;
            default:
                // A number where a number stood, if one can be found.
                var numbers = places.Where(place => Get(place.Parent, place.Key)?.GetValueKind() == JsonValueKind.Number).ToList();
                if (numbers.Count > 0) (parent, key) = numbers[mutator.Next(numbers.Count)];
                Put(parent, key, JsonValue.Create(Numbers[mutator.Next(Numbers.Length)]));
                break;
        }
    }

    private static IEnumerable<(JsonNode Parent, object Key)> Places(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Places(member.Value).Prepend((members, member.Key))),
        JsonArray elements => elements.Index().SelectMany(element => Places(element.Item).Prepend((elements, element.Index))),
        _ => [],
    };

    private static JsonNode? Get(JsonNode parent, object key) => key is string name ? parent[name] : parent[(int)key];

    private static void Put(JsonNode parent, object key, JsonNode? value)
    {
        if (key is string name) parent[name] = value;
        else parent[(int)key] = value;
    }
}
