namespace SimpleFlow;

/// <summary>The table of contents of a safetensors file.</summary>
/// <param name="Tensors">The tensors, in the order of the header.</param>
/// <param name="Metadata">The texts of the header by their names, apart from the checksum.</param>
public sealed record SafetensorsContents(IReadOnlyList<StoredTensor> Tensors, IReadOnlyDictionary<string, string> Metadata);

/// <summary>A tensor as a safetensors file declares it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How its numbers are stored: <c>F32</c>, <c>BF16</c>, <c>I64</c>, …; it may be one that is not supported.</param>
/// <param name="Shape">The sizes of its axes; none for a single number.</param>
/// <param name="Bytes">How many bytes it takes in the file.</param>
public sealed record StoredTensor(string Name, string Type, IReadOnlyList<long> Shape, long Bytes);
