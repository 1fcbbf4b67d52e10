using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>What a network takes: rows of a table, images, or text. It converts them to numbers.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TableInput), "table")]
[JsonDerivedType(typeof(ImageInput), "images")]
[JsonDerivedType(typeof(TextInput), "text")]
public abstract record NetworkInput
{
    private protected NetworkInput() { }

    /// <summary>The placeholder of a batch.</summary>
    internal abstract Placeholder Placeholder();

    /// <summary>The node that the layers begin with.</summary>
    internal virtual Node Build(Placeholder input) => input;
}

/// <summary>Images of one size, numbers from 0 to 1: [channels, rows, columns].</summary>
/// <param name="Channels">1 for grey, 3 for red, green and blue.</param>
/// <param name="Rows">The height in pixels.</param>
/// <param name="Columns">The width in pixels.</param>
public sealed record ImageInput(int Channels, int Rows, int Columns) : NetworkInput
{
    internal override Placeholder Placeholder() => new("image", [null, Channels, Rows, Columns]);
}

/// <summary>Characters of a text.</summary>
/// <param name="Characters">The known characters, each with its place as its number.</param>
/// <param name="Length">How many characters the network reads at a time.</param>
public sealed record TextInput(string Characters, int Length) : NetworkInput
{
    /// <summary>The known characters, each with its place as its number.</summary>
    public string Characters { get; init => field = Required.Text(value); } = Required.Text(Characters);

    /// <summary>The characters with their numbers.</summary>
    [JsonIgnore]
    public Vocabulary Vocabulary => field ??= new Vocabulary(Characters);

    internal override Placeholder Placeholder() => new("text", [null, Length], ElementType.Int32);

    /// <inheritdoc/>
    public bool Equals(TextInput? other) => other is not null && (Characters, Length) == (other.Characters, other.Length);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Characters, Length);
}
